package main

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	kyamlutils "sigs.k8s.io/kustomize/kyaml/utils"
)

// A replacing is an entry of replacements, with the fields that it may set.
type replacing struct {
	layer  *kustomization
	index  int
	source Source
	fields []*regexp.Regexp
	kinds  []string
}

// findReplacements renders without any replacement: what then differs, one of them had set. Which one, their targets tell;
// where several come into question, each is left out in turn.
func (t *tracer) findReplacements() {
	all := t.replacings()
	if len(all) == 0 {
		return
	}
	changed := Files{}
	for _, layer := range t.planner.layers {
		if without := readKustomization(t.planner.files, layer.folder); member(without.node, "replacements") != nil {
			removeKey(without.node, "replacements")
			changed[layer.file] = encode(without.node)
		}
	}
	unclear := map[int]bool{}
	known := t.differing(changed, func(i int, path string) {
		fitting := []int{}
		for which, one := range all {
			if one.fits(t.clean[i], path) {
				fitting = append(fitting, which)
			}
		}
		if len(fitting) == 1 {
			t.replace(i, path, all[fitting[0]].source)
			return
		}
		for which := range all {
			unclear[which] = unclear[which] || len(fitting) == 0 || slices.Contains(fitting, which)
		}
	})
	renders := 0
	for which, one := range all {
		if known && !unclear[which] {
			continue
		}
		if renders++; renders > mostRenders {
			return
		}
		without := readKustomization(t.planner.files, one.layer.folder)
		list := member(without.node, "replacements")
		list.Content = slices.Delete(list.Content, one.index, one.index+1)
		t.differing(Files{one.layer.file: encode(without.node)}, func(i int, path string) { t.replace(i, path, one.source) })
	}
}

func (t *tracer) replace(i int, path string, source Source) {
	if t.replaced[i] == nil {
		t.replaced[i] = map[string][]Source{}
	}
	if !slices.ContainsFunc(t.replaced[i][path], func(other Source) bool { return sameSource(source, other) }) {
		t.replaced[i][path] = append(t.replaced[i][path], source)
	}
}

// differing calls for each scalar that is another with these files; false where that renders something else altogether.
func (t *tracer) differing(changed Files, call func(i int, path string)) bool {
	nodes := t.nodesOf(t.render(changed))
	if len(nodes) != len(t.clean) {
		return false
	}
	for i, clean := range t.clean {
		differences(clean, nodes[i], Path{}, func(path string) { call(i, path) })
	}
	return true
}

// replacings are the entries of replacements that somebody has written.
func (t *tracer) replacings() []replacing {
	found := []replacing{}
	for _, layer := range t.planner.layers {
		for index, entry := range entries(layer.node, "replacements") {
			at := Path{"replacements", index}
			if t.planner.moved.has(layer.file, at) {
				continue
			}
			one := replacing{layer: layer, index: index}
			one.source = Source{"replacement", layer.file, At{Kind: "path", Path: t.planner.moved.original(layer.file, at)}, false}
			bodies := []*yaml.Node{entry}
			if file := value(entry, "path"); file != "" {
				bodies = t.replacementsIn(path.Join(layer.folder, file))
			}
			for _, body := range bodies {
				if member(entry, "path") == nil && nodeAt(body, Path{"source", "fieldPath"}) != nil {
					one.source.At.Path = one.source.At.Path.join(Path{"source", "fieldPath"})
				}
				for _, target := range entries(body, "targets") {
					for _, field := range entries(target, "fieldPaths") {
						one.fields = append(one.fields, fieldPattern(field.Value))
						one.kinds = append(one.kinds, value(member(target, "select"), "kind"))
					}
				}
			}
			found = append(found, one)
		}
	}
	return found
}

// replacementsIn are the replacements of a file: one, or a list of them.
func (t *tracer) replacementsIn(file string) []*yaml.Node {
	found := []*yaml.Node{}
	for _, one := range t.planner.documents(file) {
		switch {
		case one.node == nil:
		case one.node.Kind == yaml.SequenceNode:
			found = append(found, one.node.Content...)
		default:
			found = append(found, one.node)
		}
	}
	return found
}

// fieldPattern is what the paths look like that a replacement's field path names: `a.[name=x].b` is any element's b.
func fieldPattern(field string) *regexp.Regexp {
	var text strings.Builder
	text.WriteString("^")
	for _, step := range kyamlutils.SmarterPathSplitter(field, ".") {
		if step == "*" || strings.HasPrefix(step, "[") {
			text.WriteString("/[^/]+")
			continue
		}
		text.WriteString("/" + regexp.QuoteMeta(step))
	}
	text.WriteString("(/|$)")
	return regexp.MustCompile(text.String())
}

func (r *replacing) fits(object *yaml.Node, path string) bool {
	for i, field := range r.fields {
		if (r.kinds[i] == "" || r.kinds[i] == value(object, "kind")) && field.MatchString(path) {
			return true
		}
	}
	return false
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
