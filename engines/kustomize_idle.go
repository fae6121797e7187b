package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// Idle is an entry of a kustomization that selects nothing and so changes nothing: kustomize passes over it in silence.
type Idle struct {
	// What selects: "patch", "replacement" or "image".
	What string `json:"what"`
	File string `json:"file"`
	// Of what selects, in the kustomization.
	Path Path `json:"path"`
}

// A doubt is an entry that may be idle: probing another render tells.
type doubt struct {
	layer *kustomization
	what  string
	// Where the entry stands, and what of it selects.
	entry, selects Path
}

const probeAnnotation = "service-topology-probe-"

// idleEntries finds the entries of a kustomization and of all that it is built on that select nothing. Who selects something
// in the end is not asked; the others are probed, by kustomize itself.
func idleEntries(request Request, disk *disk, files Files, added additions, resources resmap.ResMap) []Idle {
	layers := closure(files, request.Folder)
	// What is named otherwise in the end was named so when it was selected.
	keepsNames := !slices.ContainsFunc(layers, func(layer *kustomization) bool {
		return member(layer.node, "namePrefix") != nil || member(layer.node, "nameSuffix") != nil || member(layer.node, "transformers") != nil
	})
	isDoubtful := func(selector *yaml.Node) bool {
		return selector != nil && (!keepsNames && value(selector, "name") != "" || !selectsNow(selector, resources))
	}
	found := []Idle{}
	doubts := []doubt{}
	for _, layer := range layers {
		found = append(found, idleImages(layer, layers, disk, files, added)...)
		for i, entry := range entries(layer.node, "patches") {
			if isDoubtful(member(entry, "target")) {
				doubts = append(doubts, doubt{layer, "patch", Path{"patches", i}, Path{"patches", i, "target"}})
			}
		}
		for i, entry := range entries(layer.node, "replacements") {
			for j, target := range entries(entry, "targets") {
				if isDoubtful(member(target, "select")) {
					at := Path{"replacements", i, "targets", j}
					doubts = append(doubts, doubt{layer, "replacement", at, at.join(Path{"select"})})
				}
			}
		}
	}
	for _, one := range probe(request, disk, files, doubts) {
		if !added.has(one.layer.file, one.entry) {
			found = append(found, Idle{one.what, one.layer.file, added.original(one.layer.file, one.selects)})
		}
	}
	return found
}

// selectsNow tells whether a selector of kinds and names selects one of the rendered objects. Namespaces, labels and
// annotations may have come after it.
func selectsNow(node *yaml.Node, resources resmap.ResMap) bool {
	var selector types.Selector
	if node.Decode(&selector) != nil {
		return true
	}
	if selector.Namespace != "" || selector.LabelSelector != "" || selector.AnnotationSelector != "" {
		return false
	}
	selected, err := resources.Select(selector)
	return err != nil || len(selected) > 0
}

// probe renders once more with an annotation before each entry in doubt, for whatever it selects, and gives the entries whose
// annotation nobody has. Nothing is known where that cannot be rendered.
func probe(request Request, disk *disk, files Files, doubts []doubt) []doubt {
	if len(doubts) == 0 {
		return nil
	}
	changed := Files{}
	for _, layer := range closure(files, request.Folder) {
		if probed := withProbes(layer, doubts, files); probed {
			changed[layer.file] = encode(layer.node)
		}
	}
	resources, err := build(disk.with(changed), request.Folder)
	if err != nil {
		return nil
	}
	annotated := map[string]bool{}
	for _, one := range resources.Resources() {
		for key := range one.GetAnnotations() {
			annotated[key] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(doubts), func(one doubt) bool {
		return annotated[probeName(slices.IndexFunc(doubts, one.is))]
	})
}

func (d doubt) is(other doubt) bool {
	return d.layer.file == other.layer.file && pathText(d.selects) == pathText(other.selects)
}

func probeName(index int) string {
	return probeAnnotation + strconv.Itoa(index)
}

// withProbes writes the probes into a kustomization; what deletes objects is left out, since it deletes their annotations.
func withProbes(layer *kustomization, doubts []doubt, files Files) bool {
	probed := false
	for _, key := range []string{"patches", "patchesStrategicMerge"} {
		list := member(layer.node, key)
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		kept := []*yaml.Node{}
		for i, element := range list.Content {
			for index, one := range doubts {
				if one.layer.file == layer.file && pathText(one.entry) == pathText(Path{key, i}) {
					kept = append(kept, patchProbe(member(resolved(element), "target"), probeName(index)))
				}
			}
			if !deletes(resolved(element), layer, files) {
				kept = append(kept, element)
			}
		}
		probed = probed || len(kept) != len(list.Content) || slices.ContainsFunc(doubts, func(one doubt) bool { return one.layer.file == layer.file })
		list.Content = kept
	}
	list := member(layer.node, "replacements")
	for index, one := range doubts {
		if one.layer.file != layer.file || one.what != "replacement" {
			continue
		}
		entry := nodeAt(layer.node, one.entry[:2])
		target := nodeAt(layer.node, one.entry)
		list.Content = append(list.Content, replacementProbe(member(entry, "source"), target, probeName(index)))
		probed = true
	}
	return probed
}

func deletes(element *yaml.Node, layer *kustomization, files Files) bool {
	text := element.Value + value(element, "patch")
	if file := value(element, "path"); file != "" {
		text = string(files[path.Join(layer.folder, file)])
	} else if content, found := files[path.Join(layer.folder, element.Value)]; found {
		text = string(content)
	}
	return deletion.MatchString(text)
}

var deletion = regexp.MustCompile(`\$patch["']?\s*:\s*["']?delete`)

func patchProbe(target *yaml.Node, name string) *yaml.Node {
	patch := fmt.Sprintf("apiVersion: v1\nkind: Probe\nmetadata:\n  name: probe\n  annotations:\n    %s: \"\"\n", name)
	return mappingOf("target", target, "patch", &yaml.Node{Kind: yaml.ScalarNode, Value: patch})
}

func replacementProbe(source, target *yaml.Node, name string) *yaml.Node {
	create := mappingOf("create", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	field := &yaml.Node{Kind: yaml.ScalarNode, Value: "metadata.annotations." + name}
	probing := mappingOf("select", member(target, "select"), "fieldPaths", listOf(field), "options", create)
	if reject := member(target, "reject"); reject != nil {
		probing.Content = append(probing.Content, mappingOf("reject", reject).Content...)
	}
	return mappingOf("source", source, "targets", listOf(probing))
}

func mappingOf(members ...any) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(members); i += 2 {
		key, _ := members[i].(string)
		content, _ := members[i+1].(*yaml.Node)
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, content)
	}
	return node
}

func listOf(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: elements}
}

// idleImages finds the images whose name stands in nothing that was read but in lists of images: no container can have it.
func idleImages(layer *kustomization, layers []*kustomization, disk *disk, files Files, added additions) []Idle {
	found := []Idle{}
	for i, entry := range entries(layer.node, "images") {
		name := value(entry, "name")
		// Kustomize takes the name for a pattern.
		if name == "" || strings.ContainsAny(name, `*+?()[]{}|^$\`) || added.has(layer.file, Path{"images", i}) {
			continue
		}
		listed := 0
		for _, other := range layers {
			for _, image := range entries(other.node, "images") {
				if value(image, "name") == name {
					listed++
				}
			}
		}
		whole := regexp.MustCompile(`(^|[^\w./-])` + regexp.QuoteMeta(name) + `($|[^\w./-])`)
		for _, file := range disk.read() {
			listed -= len(whole.FindAllIndex(files[file], -1))
		}
		if listed >= 0 {
			found = append(found, Idle{"image", layer.file, added.original(layer.file, Path{"images", i, "name"})})
		}
	}
	return found
}
