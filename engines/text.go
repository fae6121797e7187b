package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// printDocuments writes the documents one after the other: the text, an object for each that holds something, and which
// document each object is. Offsets count UTF-16 code units, as JavaScript does.
func printDocuments(documents []document, options Options) (string, []Object, []int) {
	var text strings.Builder
	objects := []Object{}
	from := []int{}
	offset := 0
	write := func(part string) {
		text.WriteString(part)
		offset += utf16Length(part)
	}
	for i, one := range documents {
		write(one.head)
		content := one.content
		if !options.KeepSecrets {
			content = withoutSecrets(content)
		}
		start := offset
		write(content)
		if strings.TrimSpace(content) != "" {
			objects = append(objects, Object{Start: start, End: offset, Fields: []Field{}})
			from = append(from, i)
		}
		write(one.tail)
	}
	return text.String(), objects, from
}

// withoutSecrets empties what a Secret holds: its keys stay, since others name them.
func withoutSecrets(content string) string {
	if !mayHoldSecret(content) {
		return content
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(content), &node); err != nil {
		return "# A Secret that is no YAML is not shown."
	}
	if !emptySecrets(&node) {
		return content
	}
	var printed strings.Builder
	encoder := yaml.NewEncoder(&printed)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return "# A Secret that is no YAML is not shown."
	}
	// The content ends as it did: in kustomize's output with a line end, in Helm's without.
	trimmed := strings.TrimRight(printed.String(), "\n")
	return trimmed + content[len(strings.TrimRight(content, "\n")):]
}

var beforeKind = regexp.MustCompile(`kind["']?\s*:\s*["']?$`)

// mayHoldSecret looks for the kind, as YAML or JSON write it.
func mayHoldSecret(content string) bool {
	for from := 0; ; {
		at := strings.Index(content[from:], "Secret")
		if at < 0 {
			return false
		}
		from += at
		if beforeKind.MatchString(content[max(0, from-20):from]) {
			return true
		}
		from += len("Secret")
	}
}

// emptySecrets empties the Secrets below a node; false where there are none.
func emptySecrets(node *yaml.Node) bool {
	some := false
	if node.Kind == yaml.DocumentNode || node.Kind == yaml.SequenceNode {
		for _, child := range node.Content {
			some = emptySecrets(resolved(child)) || some
		}
		return some
	}
	if node.Kind != yaml.MappingNode {
		return false
	}
	if value(node, "kind") != "Secret" {
		items := member(node, "items")
		return items != nil && emptySecrets(items)
	}
	for _, key := range []string{"data", "stringData"} {
		held := member(node, key)
		if held == nil || held.Kind != yaml.MappingNode {
			continue
		}
		for i := 1; i < len(held.Content); i += 2 {
			held.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle}
		}
		some = some || len(held.Content) > 0
	}
	// What kubectl applied last holds the data once more.
	if annotations := member(member(node, "metadata"), "annotations"); annotations != nil && annotations.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(annotations.Content); i += 2 {
			if strings.HasSuffix(annotations.Content[i].Value, "last-applied-configuration") {
				annotations.Content[i+1].SetString("")
				some = true
			}
		}
	}
	return some
}

// member is the value of a key of a mapping; nil where there is none.
func member(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return resolved(node.Content[i+1])
		}
	}
	return nil
}

// resolved follows an alias.
func resolved(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func utf16Length(text string) int {
	length := 0
	for _, char := range text {
		length++
		if char > 0xffff {
			length++
		}
	}
	return length
}

// lineRange is a whole line of a text, without its end.
func lineRange(content []byte, line int) *Range {
	lines := strings.Split(string(content), "\n")
	if line < 0 || line >= len(lines) {
		return nil
	}
	text := strings.TrimSuffix(lines[line], "\r")
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	return &Range{Position{line, indent}, Position{line, utf16Length(text)}}
}

// lineStarts are the byte offsets at which the lines of a text begin.
func lineStarts(text string) []int {
	starts := []int{0}
	for at := 0; at < len(text); at++ {
		if text[at] == '\n' {
			starts = append(starts, at+1)
		}
	}
	return starts
}

// positionAt is the position of a byte offset.
func positionAt(text string, starts []int, offset int) Position {
	low, high := 0, len(starts)-1
	for low < high {
		middle := (low + high + 1) / 2
		if starts[middle] <= offset {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return Position{low, utf16Length(text[starts[low]:offset])}
}

// offsetOf is the byte offset of a line and a column as the YAML reader counts them: from one, in characters.
func offsetOf(text string, starts []int, line, column int) int {
	if line < 1 || line > len(starts) {
		return len(text)
	}
	offset := starts[line-1]
	for ; column > 1 && offset < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}

func panicMessage(reason any) string {
	return fmt.Sprintf("the engine gave up: %v", reason)
}
