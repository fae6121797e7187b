package main

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Renders that the search for a failing entry may take, and bytes that these may read: large ones take seconds each.
const (
	mostTrials = 40
	mostRead   = 8 << 20
)

// kustomizePlace finds where a kustomization fails: the file that is no YAML, or the entry without which the failure is another.
func kustomizePlace(request Request, disk *disk, files, given Files, added additions, message string) *Place {
	place := failingEntry(request, disk, files, given, added, message)
	if place != nil && given[place.File] == nil {
		return nil
	}
	return place
}

func failingEntry(request Request, disk *disk, files, given Files, added additions, message string) *Place {
	layers := closure(files, request.Folder)
	if place := unreadable(request, disk.read(), files, layers); place != nil {
		return place
	}
	if place := unfit(given, layers, message); place != nil {
		return place
	}
	if place := missingEntry(layers, given, added, message); place != nil {
		return place
	}
	// The entry without which nothing fails; else the first without which it fails otherwise.
	var other *Place
	for _, one := range suspects(layers, disk, files, message) {
		without := readKustomization(files, one.layer.folder)
		held := member(without.node, one.key)
		held.Content = slices.Delete(held.Content, one.index, one.index+1)
		_, err := build(disk.tried(Files{one.layer.file: encode(without.node)}), request.Folder)
		place := &Place{File: one.layer.file, Range: rangeIn(given, added, one.layer.file, Path{one.key, one.index})}
		if err == nil {
			return place
		}
		if other == nil && !sameFailure(message, inWorkspace(err.Error())) {
			other = place
		}
	}
	if other != nil {
		return other
	}
	if len(layers) > 0 {
		return &Place{File: layers[len(layers)-1].file}
	}
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if _, found := files[path.Join(request.Folder, name)]; found {
			return &Place{File: path.Join(request.Folder, name), Range: messageLine(message)}
		}
	}
	return nil
}

// Entries that a render may fail by; those that bring objects last, since without them patches find nothing.
var failingKeys = []string{"patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "transformers", "generators",
	"configMapGenerator", "secretGenerator", "configurations", "crds", "images", "replicas", "labels", "vars", "components", "resources", "bases"}

// A suspect is an entry that a render may fail by.
type suspect struct {
	layer *kustomization
	key   string
	index int
	// How many of its words the message says.
	named int
}

// suspects are the entries to be tried, as many as there is time for: of those that bring nothing the ones first that the
// message speaks of.
func suspects(layers []*kustomization, disk *disk, files Files, message string) []suspect {
	said := map[string]bool{}
	for _, word := range words(message) {
		said[word] = true
	}
	changing, bringing := []suspect{}, []suspect{}
	for _, key := range failingKeys {
		for _, layer := range layers {
			for i, entry := range entries(layer.node, key) {
				one := suspect{layer, key, i, 0}
				for _, word := range words(textOf(entry, layer, files)) {
					if said[word] {
						one.named++
					}
				}
				if key == "components" || key == "resources" || key == "bases" {
					bringing = append(bringing, one)
				} else {
					changing = append(changing, one)
				}
			}
		}
	}
	byName := func(a, b suspect) int { return b.named - a.named }
	slices.SortStableFunc(changing, byName)
	slices.SortStableFunc(bringing, byName)
	read := 1
	for _, file := range disk.read() {
		read += len(files[file])
	}
	all := append(changing, bringing...)
	return all[:min(len(all), mostTrials, max(1, mostRead/read))]
}

// words are the different words of a text that tell something: paths and names.
func words(text string) []string {
	found := wordsOf.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

var wordsOf = regexp.MustCompile(`[\w./-]{3,}`)

// textOf is what an entry says, with the patch that it names.
func textOf(entry *yaml.Node, layer *kustomization, files Files) string {
	text := string(encode(entry))
	if file := value(entry, "path"); file != "" {
		text += string(files[path.Join(layer.folder, file)])
	}
	return text
}

var missingFile = regexp.MustCompile(`'([^'\n]+)' doesn't exist`)

// missingEntry is the entry that names the file that is not there.
func missingEntry(layers []*kustomization, given Files, added additions, message string) *Place {
	found := missingFile.FindAllStringSubmatch(message, -1)
	if len(found) == 0 {
		return nil
	}
	missing := found[len(found)-1][1]
	for _, layer := range layers {
		for _, key := range failingKeys {
			for i, entry := range entries(layer.node, key) {
				name := entry.Value
				if file := value(entry, "path"); file != "" {
					name = file
				}
				if name != "" && path.Join(layer.folder, name) == missing {
					return &Place{File: layer.file, Range: rangeIn(given, added, layer.file, Path{key, i})}
				}
			}
		}
	}
	return nil
}

var wrongType = regexp.MustCompile(`cannot unmarshal (\w+)(?: \S+)? into Go struct field \w+\.(\S+) of type`)
var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// unfit finds the field of a kustomization that is none, or that holds something of another type.
func unfit(given Files, layers []*kustomization, message string) *Place {
	typed, unknown := wrongType.FindStringSubmatch(message), unknownField.FindStringSubmatch(message)
	if typed == nil && unknown == nil {
		return nil
	}
	for _, layer := range layers {
		parts := documentsOf(given[layer.file])
		if len(parts) == 0 || parts[0].node == nil {
			continue
		}
		var found *yaml.Node
		if typed != nil {
			found = ofType(parts[0].node, strings.Split(typed[2], "."), typed[1])
		} else {
			found = keyNamed(parts[0].node, unknown[1])
		}
		if found != nil {
			return &Place{File: layer.file, Range: lineRange(given[layer.file], parts[0].line+found.Line-1)}
		}
	}
	return nil
}

// ofType finds a node of a JSON type at the end of a path that does not name the elements of lists.
func ofType(node *yaml.Node, steps []string, name string) *yaml.Node {
	node = resolved(node)
	if len(steps) == 0 && jsonType(node) == name {
		return node
	}
	if node.Kind == yaml.SequenceNode {
		for _, element := range node.Content {
			if found := ofType(element, steps, name); found != nil {
				return found
			}
		}
	}
	if next := member(node, strings.Join(steps[:min(1, len(steps))], "")); next != nil {
		return ofType(next, steps[1:], name)
	}
	return nil
}

func jsonType(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "object"
	case node.Kind == yaml.SequenceNode:
		return "array"
	case node.Tag == "!!bool":
		return "bool"
	case node.Tag == "!!int" || node.Tag == "!!float":
		return "number"
	}
	return "string"
}

// keyNamed finds the first key of that name, whatever it lies in.
func keyNamed(node *yaml.Node, name string) *yaml.Node {
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			if child.Value == name {
				return child
			}
			continue
		}
		if found := keyNamed(child, name); found != nil {
			return found
		}
	}
	return nil
}

// sameFailure compares what was said at last: the innermost cause.
func sameFailure(first, second string) bool {
	return innermost(first) == innermost(second)
}

func innermost(message string) string {
	return message[strings.LastIndex(message, ": ")+1:]
}

// unreadable finds the file of the closure that is no YAML. What was not read is not what the render failed by.
func unreadable(request Request, read []string, files Files, layers []*kustomization) *Place {
	folders := []string{cleanFolder(request.Folder)}
	candidates := []string{}
	for _, layer := range layers {
		folders = append(folders, layer.folder)
		for _, key := range []string{"resources", "bases", "components", "patchesStrategicMerge"} {
			for _, entry := range entries(layer.node, key) {
				candidates = append(candidates, path.Join(layer.folder, entry.Value))
				folders = append(folders, cleanFolder(path.Join(layer.folder, entry.Value)))
			}
		}
		for _, entry := range entries(layer.node, "patches") {
			if file := value(entry, "path"); file != "" {
				candidates = append(candidates, path.Join(layer.folder, file))
			}
		}
	}
	for _, folder := range folders {
		for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
			candidates = append(candidates, path.Join(folder, name))
		}
	}
	for _, file := range candidates {
		content, found := files[file]
		if !found || !slices.Contains(read, file) {
			continue
		}
		for _, one := range documentsOf(content) {
			if one.node != nil {
				continue
			}
			if place := badDocument(file, content); place != nil {
				return place
			}
		}
	}
	return nil
}

// badDocument is the line that the reader stumbles over.
func badDocument(file string, content []byte) *Place {
	decoder := yaml.NewDecoder(strings.NewReader(string(content)))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if err == nil {
			continue
		}
		found := messageLine(err.Error())
		if found == nil {
			return nil
		}
		if line := lineRange(content, found.Start.Line); line != nil {
			found = line
		}
		return &Place{File: file, Range: found}
	}
}

// rangeIn is where a path of a kustomization stands.
func rangeIn(files Files, added additions, file string, at Path) *Range {
	if added.has(file, at) {
		return nil
	}
	at = added.original(file, at)
	parts := documentsOf(files[file])
	if len(parts) == 0 || parts[0].node == nil {
		return nil
	}
	node := nodeAt(parts[0].node, at)
	if node == nil {
		return nil
	}
	return lineRange(files[file], parts[0].line+node.Line-1)
}
