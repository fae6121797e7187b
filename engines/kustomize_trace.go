package main

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
)

// Renders that the search for origins may take beside the first two.
const mostRenders = 40

// A tracer knows which marks turned up in which fields of which object.
type tracer struct {
	planner *planner
	request Request
	clean   []*yaml.Node
	origins []*resource.Origin
	// For each object: path → marks; nil while no marked render was the same but for the marks.
	marks []map[string][]int
	// For each object: path → entries of replacements that set it.
	replaced []map[string][]Source
	parts    map[string][]part
}

// traceKustomization finds where the fields came from: sources are marked, rendered again, and the marks looked for. Where
// that render is not the same but for its marks, fewer sources are marked at a time.
func traceKustomization(request Request, files, given Files, added additions, documents []document) func(int) (*ObjectSource, []Field) {
	t := &tracer{request: request, planner: plan(files, given, request.Folder, added), parts: map[string][]part{}}
	for _, one := range documents {
		var node yaml.Node
		if yaml.Unmarshal([]byte(one.content), &node) != nil || node.Kind != yaml.DocumentNode {
			t.clean = append(t.clean, &yaml.Node{Kind: yaml.MappingNode})
			continue
		}
		t.clean = append(t.clean, node.Content[0])
	}
	t.marks = make([]map[string][]int, len(t.clean))
	t.replaced = make([]map[string][]Source, len(t.clean))
	t.findOrigins()
	t.findMarks()
	t.findReplacements()
	return func(i int) (*ObjectSource, []Field) { return t.fieldsOf(i) }
}

// findOrigins asks kustomize itself for the file of each object.
func (t *tracer) findOrigins() {
	t.origins = make([]*resource.Origin, len(t.clean))
	top := readKustomization(t.planner.files, t.request.Folder)
	if top == nil {
		return
	}
	removeKey(top.node, "buildMetadata")
	var wanted yaml.Node
	_ = yaml.Unmarshal([]byte("[originAnnotations]"), &wanted)
	top.node.Content = append(top.node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "buildMetadata"}, wanted.Content[0])
	resources := t.render(with(t.planner.files, top.file, encode(top.node)))
	if resources == nil || resources.Size() != len(t.clean) {
		return
	}
	for i, one := range resources.Resources() {
		t.origins[i], _ = one.GetOrigin()
	}
}

func with(files Files, name string, content []byte) Files {
	changed := Files{}
	for file, text := range files {
		changed[file] = text
	}
	changed[name] = content
	return changed
}

func (t *tracer) render(files Files) resmap.ResMap {
	resources, err := build(newDisk(files), t.request.Folder)
	if err != nil {
		return nil
	}
	return resources
}

func (t *tracer) findMarks() {
	if t.take(t.render(t.planner.marked(func(leaf) bool { return true }))) {
		return
	}
	groups := []string{}
	for _, one := range t.planner.leaves {
		if !slices.Contains(groups, one.group) {
			groups = append(groups, one.group)
		}
	}
	open := map[int]bool{}
	for i, known := range t.marks {
		open[i] = known == nil
	}
	for _, group := range groups[:min(len(groups), mostRenders)] {
		t.takeFor(t.render(t.planner.marked(func(one leaf) bool { return one.group == group })), open)
	}
}

// take reads the marks of a render; true if every object is the same but for its marks.
func (t *tracer) take(resources resmap.ResMap) bool {
	all := map[int]bool{}
	for i := range t.clean {
		all[i] = true
	}
	return t.takeFor(resources, all)
}

func (t *tracer) takeFor(resources resmap.ResMap, wanted map[int]bool) bool {
	nodes := nodesOf(resources)
	if nodes == nil {
		return false
	}
	matched := len(nodes) == len(t.clean)
	pool := map[string][]*yaml.Node{}
	for _, node := range nodes {
		name := identity(node)
		pool[name] = append(pool[name], node)
	}
	for i, clean := range t.clean {
		name := identity(clean)
		if len(pool[name]) == 0 {
			matched = false
			continue
		}
		node := pool[name][0]
		pool[name] = pool[name][1:]
		if !wanted[i] {
			continue
		}
		found := map[string][]int{}
		if !collect(clean, node, Path{}, found) {
			matched = false
			continue
		}
		if t.marks[i] == nil {
			t.marks[i] = map[string][]int{}
		}
		for at, ids := range found {
			t.marks[i][at] = append(t.marks[i][at], ids...)
		}
	}
	return matched
}

func nodesOf(resources resmap.ResMap) []*yaml.Node {
	if resources == nil {
		return nil
	}
	nodes := []*yaml.Node{}
	for _, one := range resources.Resources() {
		text, err := one.AsYAML()
		var node yaml.Node
		if err != nil || yaml.Unmarshal(text, &node) != nil || node.Kind != yaml.DocumentNode {
			return nil
		}
		nodes = append(nodes, node.Content[0])
	}
	return nodes
}

var hashSuffix = regexp.MustCompile(`-[a-z0-9]{10}$`)

// identity names an object whatever marks it bears and whatever hash its name ends with.
func identity(node *yaml.Node) string {
	metadata := member(node, "metadata")
	name, _ := unmark(value(metadata, "name"))
	namespace, _ := unmark(value(metadata, "namespace"))
	return strings.Join([]string{value(node, "apiVersion"), value(node, "kind"), namespace, hashSuffix.ReplaceAllString(name, "")}, "|")
}

// collect walks both trees and keeps the marks by path; false where the trees are not the same but for marks.
func collect(clean, marked *yaml.Node, at Path, found map[string][]int) bool {
	if clean.Kind != marked.Kind || (clean.Kind != yaml.ScalarNode && len(clean.Content) != len(marked.Content)) {
		return false
	}
	switch clean.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(clean.Content); i += 2 {
			key := clean.Content[i].Value
			other := member(marked, key)
			if other == nil || !collect(clean.Content[i+1], other, at.with(key), found) {
				return false
			}
		}
	case yaml.SequenceNode:
		for i := range clean.Content {
			if !collect(clean.Content[i], marked.Content[i], at.with(i), found) {
				return false
			}
		}
	case yaml.ScalarNode:
		plain, ids := unmark(marked.Value)
		if plain == clean.Value {
			if ids != nil {
				found[pathText(at)] = ids
			}
			return true
		}
		if number, err := strconv.Atoi(plain); err == nil && number > firstNumber && number < firstNumber+1_000_000 {
			found[pathText(at)] = []int{number - firstNumber}
			return true
		}
		withoutHash := hashSuffix.ReplaceAllString(plain, "")
		if withoutHash != plain && withoutHash == hashSuffix.ReplaceAllString(clean.Value, "") {
			if ids != nil {
				found[pathText(at)] = ids
			}
			return true
		}
		return false
	}
	return true
}

// findReplacements renders without each replacement: what then differs, it had set.
func (t *tracer) findReplacements() {
	renders := 0
	for _, layer := range t.planner.layers {
		for index := range entries(layer.node, "replacements") {
			if renders++; renders > mostRenders {
				return
			}
			without := readKustomization(t.planner.files, layer.folder)
			list := member(without.node, "replacements")
			list.Content = slices.Delete(list.Content, index, index+1)
			nodes := nodesOf(t.render(with(t.planner.files, layer.file, encode(without.node))))
			if len(nodes) != len(t.clean) {
				continue
			}
			at := t.planner.moved.original(layer.file, Path{"replacements", index})
			source := Source{"replacement", layer.file, At{Kind: "path", Path: at}, false}
			if t.planner.moved.has(layer.file, Path{"replacements", index}) {
				continue
			}
			for i, clean := range t.clean {
				if t.replaced[i] == nil {
					t.replaced[i] = map[string][]Source{}
				}
				differences(clean, nodes[i], Path{}, func(path string) {
					t.replaced[i][path] = append(t.replaced[i][path], source)
				})
			}
		}
	}
}

// differences calls for each scalar of the first tree that the second does not have there.
func differences(clean, other *yaml.Node, at Path, call func(string)) {
	switch clean.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(clean.Content); i += 2 {
			key := clean.Content[i].Value
			differences(clean.Content[i+1], member(other, key), at.with(key), call)
		}
	case yaml.SequenceNode:
		for i, child := range clean.Content {
			var there *yaml.Node
			if other != nil && other.Kind == yaml.SequenceNode && i < len(other.Content) {
				there = other.Content[i]
			}
			differences(child, there, at.with(i), call)
		}
	case yaml.ScalarNode:
		if other == nil || other.Value != clean.Value {
			call(pathText(at))
		}
	}
}

// originFile is the file that kustomize names for an object.
func (t *tracer) originFile(origin *resource.Origin) string {
	if origin == nil || origin.Repo != "" {
		return ""
	}
	name := origin.Path
	if name == "" {
		name = origin.ConfiguredIn
	}
	if name == "" {
		return ""
	}
	return cleanFolder(path.Join(t.request.Folder, name))
}

func (t *tracer) documents(file string) []part {
	if known, found := t.parts[file]; found {
		return known
	}
	t.parts[file] = documentsOf(t.planner.files[file])
	return t.parts[file]
}
