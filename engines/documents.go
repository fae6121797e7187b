package main

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A part of a YAML stream: one document, with the line (from zero) on which it begins.
type part struct {
	node *yaml.Node
	line int
}

var separator = regexp.MustCompile(`(?m)^---(?:[ \t].*)?\r?$`)

// documentsOf cuts a stream into its documents as the editor counts them: what precedes the first separator counts only
// if it holds more than comments; one that cannot be read has no node.
func documentsOf(content []byte) []part {
	text := string(bytes.TrimPrefix(content, byteOrderMark))
	parts := []part{}
	add := func(from, to int, always bool) {
		body := text[from:to]
		if !always && isBlank(body) {
			return
		}
		line := strings.Count(text[:from], "\n")
		var node yaml.Node
		if yaml.Unmarshal([]byte(body), &node) != nil || node.Kind != yaml.DocumentNode {
			parts = append(parts, part{nil, line})
			return
		}
		parts = append(parts, part{node.Content[0], line})
	}
	from, opened := 0, false
	for _, found := range separator.FindAllStringIndex(text, -1) {
		add(from, found[0], opened)
		from, opened = found[0], true
		// What stands on the separator's own line is no document, unless it is more than a comment.
		if rest := text[found[0]+3 : found[1]]; isBlank(rest) {
			from = found[1]
		}
	}
	add(from, len(text), opened)
	return parts
}

func isBlank(text string) bool {
	for _, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			return false
		}
	}
	return true
}

// encodeAll writes documents as one stream.
func encodeAll(parts []part) []byte {
	var buffer bytes.Buffer
	for i, one := range parts {
		if i > 0 {
			buffer.WriteString("---\n")
		}
		if one.node != nil {
			buffer.Write(encode(one.node))
		}
	}
	return buffer.Bytes()
}

// visitScalars calls for each scalar value below a node, in the order of the text; aliases are not followed.
// `inElement` is whether the scalar is a member of an element of a list.
func visitScalars(node *yaml.Node, path Path, inElement bool, call func(node *yaml.Node, path Path, inElement bool)) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			child := node.Content[i+1]
			at := path.with(node.Content[i].Value)
			if child.Kind == yaml.ScalarNode {
				call(child, at, inElement)
			} else {
				visitScalars(child, at, false, call)
			}
		}
	case yaml.SequenceNode:
		for i, child := range node.Content {
			if child.Kind == yaml.ScalarNode {
				call(child, path.with(i), false)
			} else {
				visitScalars(child, path.with(i), true, call)
			}
		}
	}
}

func (p Path) with(step any) Path {
	longer := make(Path, len(p)+1)
	copy(longer, p)
	longer[len(p)] = step
	return longer
}

func (p Path) join(rest Path) Path {
	longer := make(Path, 0, len(p)+len(rest))
	return append(append(longer, p...), rest...)
}

func (p Path) equals(other Path) bool {
	if len(p) != len(other) {
		return false
	}
	for i := range p {
		if p[i] != other[i] {
			return false
		}
	}
	return true
}

// endsWith tells whether the path's last steps are those.
func (p Path) endsWith(rest Path) bool {
	return len(rest) <= len(p) && p[len(p)-len(rest):].equals(rest)
}

// nodeAt is the node at a path; nil where the path leaves the document.
func nodeAt(node *yaml.Node, path Path) *yaml.Node {
	current := resolved(node)
	for _, step := range path {
		if current == nil {
			return nil
		}
		switch key := step.(type) {
		case string:
			current = memberMerged(current, key)
		case int:
			if current.Kind != yaml.SequenceNode || key >= len(current.Content) {
				return nil
			}
			current = resolved(current.Content[key])
		}
	}
	return current
}

// memberMerged looks through merge keys, too.
func memberMerged(node *yaml.Node, key string) *yaml.Node {
	if found := member(node, key); found != nil {
		return found
	}
	if merged := member(node, "<<"); merged != nil && key != "<<" {
		if merged.Kind == yaml.SequenceNode {
			for _, one := range merged.Content {
				if found := memberMerged(resolved(one), key); found != nil {
					return found
				}
			}
			return nil
		}
		return memberMerged(merged, key)
	}
	return nil
}

// whole is a path that was read from JSON, whose indexes are numbers of another kind there.
func (p Path) whole() Path {
	steps := Path{}
	for _, step := range p {
		if index, isNumber := step.(float64); isNumber {
			step = int(index)
		}
		steps = append(steps, step)
	}
	return steps
}

// pathText writes a path as a pointer, without escapes: a key for maps.
func pathText(path Path) string {
	var text strings.Builder
	for _, step := range path {
		switch key := step.(type) {
		case string:
			text.WriteString("/" + key)
		case int:
			text.WriteString("/" + strconv.Itoa(key))
		}
	}
	return text.String()
}

// A reader knows the documents of the files that were asked for.
type reader struct {
	files Files
	parts map[string][]part
}

func newReader(files Files) reader {
	return reader{files, map[string][]part{}}
}

// documents are the documents of a file, read once.
func (r reader) documents(file string) []part {
	known, found := r.parts[file]
	if !found {
		known = documentsOf(r.files[file])
		r.parts[file] = known
	}
	return known
}
