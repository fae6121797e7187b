package main

import (
	"encoding/base64"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
)

// Renders that the search for origins may take where sources are marked group by group.
const mostRenders = 12

// Renders with all sources marked, but for those whose marks made a difference before.
const mostTries = 3

const originAnnotation = "config.kubernetes.io/origin"

// A tracer knows which marks turned up in which fields of which object.
type tracer struct {
	planner *planner
	request Request
	disk    *disk
	clean   []*yaml.Node
	origins []*resource.Origin
	// Whether kustomize names the files of objects for the search alone.
	asksOrigins bool
	// For each object: path → marks; nil while none is known.
	marks []map[string][]int
	// For each object: path → entries of replacements that set it.
	replaced []map[string][]Source
}

// traceKustomization finds where the fields came from: sources are marked, rendered again, and the marks looked for. What is
// not the same then but for its marks is rendered again with fewer of them.
func traceKustomization(request Request, disk *disk, files, given Files, added additions, documents []document) func(int) (*ObjectSource, []Field) {
	files, asks := withOrigins(files, request.Folder)
	t := &tracer{request: request, disk: disk, asksOrigins: asks, planner: plan(files, given, request.Folder, added)}
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
	t.findMarks()
	if t.origins == nil {
		t.findOrigins(t.render(nil))
	}
	t.findReplacements()
	return func(i int) (*ObjectSource, []Field) { return t.fieldsOf(i) }
}

// withOrigins lets the kustomization of a folder write into each object where that comes from; false where it does so already.
func withOrigins(files Files, folder string) (Files, bool) {
	top := readKustomization(files, folder)
	if top == nil {
		return files, false
	}
	const option = "originAnnotations"
	for _, entry := range entries(top.node, "buildMetadata") {
		if entry.Value == option {
			return files, false
		}
	}
	wanted := &yaml.Node{Kind: yaml.ScalarNode, Value: option}
	if list := member(top.node, "buildMetadata"); list != nil && list.Kind == yaml.SequenceNode {
		list.Content = append(list.Content, wanted)
	} else {
		removeKey(top.node, "buildMetadata")
		top.node.Content = append(top.node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "buildMetadata"},
			&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{wanted}})
	}
	changed := Files{}
	for name, content := range files {
		changed[name] = content
	}
	changed[top.file] = encode(top.node)
	return changed, true
}

// render renders with some files changed; nil where that fails.
func (t *tracer) render(changed Files) resmap.ResMap {
	top := readKustomization(t.planner.files, t.request.Folder)
	all := Files{}
	if top != nil {
		all[top.file] = t.planner.files[top.file]
	}
	for name, content := range changed {
		all[name] = content
	}
	resources, err := build(t.disk.with(all), t.request.Folder)
	if err != nil {
		return nil
	}
	return resources
}

// findOrigins reads the file of each object, as kustomize itself names it.
func (t *tracer) findOrigins(resources resmap.ResMap) {
	if resources == nil || resources.Size() != len(t.clean) {
		return
	}
	t.origins = make([]*resource.Origin, len(t.clean))
	for i, one := range resources.Resources() {
		t.origins[i], _ = one.GetOrigin()
	}
}

// findMarks renders with every source marked, and again without the marks that made a difference. Where that does not help,
// the sources are marked group by group.
func (t *tracer) findMarks() {
	open := map[int]bool{}
	for i := range t.clean {
		open[i] = true
	}
	left := map[int]bool{}
	apart := map[string]bool{}
	for try := 0; try < mostTries && len(open) > 0; try++ {
		resources := t.render(t.planner.marked(func(one leaf) bool { return !left[one.id] }))
		if t.origins == nil {
			t.findOrigins(resources)
		}
		disturbing := t.take(resources, open)
		if resources == nil {
			// A marked name may hide an object from what names it in full: names are marked on their own.
			disturbing = t.naming(left, apart)
		}
		if len(disturbing) == 0 {
			break
		}
		maps.Copy(left, disturbing)
	}
	renders := 0
	for _, group := range t.groups() {
		if len(open) == 0 && !apart[group] {
			continue
		}
		if renders++; renders > mostRenders {
			return
		}
		all := map[int]bool{}
		for i := range t.clean {
			all[i] = true
		}
		t.take(t.render(t.planner.marked(func(one leaf) bool { return one.group == group })), all)
	}
}

// naming are the leaves that change names and have not been left out yet; their groups are noted.
func (t *tracer) naming(left map[int]bool, groups map[string]bool) map[int]bool {
	ids := map[int]bool{}
	for _, one := range t.planner.leaves {
		if namingSetting.MatchString(one.group) && !left[one.id] {
			ids[one.id] = true
			groups[one.group] = true
		}
	}
	return ids
}

var namingSetting = regexp.MustCompile(`#(namePrefix|nameSuffix|namespace)$`)

// groups are the groups of leaves that are marked together.
func (t *tracer) groups() []string {
	groups := []string{}
	for _, one := range t.planner.leaves {
		if !slices.Contains(groups, one.group) {
			groups = append(groups, one.group)
		}
	}
	return groups
}

// take reads the marks of a render for the objects that are open, and closes those that are the same but for their marks; of
// the others it gives the marks that may have made the difference.
func (t *tracer) take(resources resmap.ResMap, open map[int]bool) map[int]bool {
	pool := map[string][]*yaml.Node{}
	for _, node := range t.nodesOf(resources) {
		name := identity(node)
		pool[name] = append(pool[name], node)
	}
	disturbing := map[int]bool{}
	for i, clean := range t.clean {
		name := identity(clean)
		if len(pool[name]) == 0 {
			continue
		}
		node := pool[name][0]
		pool[name] = pool[name][1:]
		if !open[i] {
			continue
		}
		if isDefinition(clean) {
			delete(open, i)
			continue
		}
		compared := comparison{planner: t.planner, found: map[string][]int{}, disturbing: disturbing}
		if compared.same(clean, node, Path{}) {
			delete(open, i)
		}
		if t.marks[i] == nil {
			t.marks[i] = map[string][]int{}
		}
		for at, ids := range compared.found {
			// Leaves are numbered from the innermost kustomization to the outermost.
			all := append(t.marks[i][at], ids...)
			slices.Sort(all)
			t.marks[i][at] = slices.Compact(all)
		}
	}
	return disturbing
}

// nodesOf are the trees of rendered objects, without what they say for the search alone.
func (t *tracer) nodesOf(resources resmap.ResMap) []*yaml.Node {
	if resources == nil {
		return nil
	}
	nodes := []*yaml.Node{}
	for _, one := range resources.Resources() {
		node := one.YNode()
		if metadata := member(node, "metadata"); t.asksOrigins && metadata != nil {
			if annotations := member(metadata, "annotations"); annotations != nil {
				removeKey(annotations, originAnnotation)
				if len(annotations.Content) == 0 {
					removeKey(metadata, "annotations")
				}
			}
		}
		nodes = append(nodes, node)
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

// A comparison keeps the marks by path, and those that stand where the trees are not the same.
type comparison struct {
	planner    *planner
	found      map[string][]int
	disturbing map[int]bool
}

// same compares two trees but for marks in the second.
func (c *comparison) same(clean, marked *yaml.Node, at Path) bool {
	if clean.Kind != marked.Kind || (clean.Kind != yaml.ScalarNode && len(clean.Content) != len(marked.Content)) {
		c.blame(marked)
		return false
	}
	switch clean.Kind {
	case yaml.MappingNode:
		all := true
		for i := 0; i+1 < len(clean.Content); i += 2 {
			key := clean.Content[i].Value
			other := member(marked, key)
			if other == nil {
				c.blame(marked)
				return false
			}
			all = c.same(clean.Content[i+1], other, at.with(key)) && all
		}
		return all
	case yaml.SequenceNode:
		// Elements may have changed their places: what is found in a list counts only if all of it is the same.
		inner := comparison{c.planner, map[string][]int{}, c.disturbing}
		all := true
		for i := range clean.Content {
			all = inner.same(clean.Content[i], marked.Content[i], at.with(i)) && all
		}
		if all {
			maps.Copy(c.found, inner.found)
		}
		return all
	case yaml.ScalarNode:
		ids, same := unmarkedAs(clean.Value, marked.Value)
		if !same {
			c.blame(marked)
		} else if len(ids) > 0 {
			c.found[pathText(at)] = ids
		}
		return same
	}
	return true
}

// unmarkedAs tells whether a text is the other but for its marks, or for the hash that a generator gives a name.
func unmarkedAs(clean, marked string) ([]int, bool) {
	plain, ids := unmark(marked)
	if plain == clean {
		return ids, true
	}
	if number, err := strconv.Atoi(plain); err == nil && number > firstNumber && number < firstNumber+1_000_000 {
		return []int{number - firstNumber}, true
	}
	if decoded, err := base64.StdEncoding.DecodeString(plain); err == nil && strings.ContainsRune(string(decoded), markStart) {
		plain, ids := unmark(string(decoded))
		return ids, base64.StdEncoding.EncodeToString([]byte(plain)) == clean
	}
	withoutHash := hashSuffix.ReplaceAllString(plain, "")
	return ids, withoutHash != plain && withoutHash == hashSuffix.ReplaceAllString(clean, "")
}

// blame notes the marks below a node that came out otherwise: those in the keys of elements, else all.
func (c *comparison) blame(node *yaml.Node) {
	keys, all := []int{}, []int{}
	var visit func(*yaml.Node)
	visit = func(node *yaml.Node) {
		_, ids := unmark(node.Value)
		for _, id := range ids {
			if all = append(all, id); id >= 1 && id <= len(c.planner.leaves) && c.planner.leaves[id-1].isKey {
				keys = append(keys, id)
			}
		}
		for _, child := range node.Content {
			visit(child)
		}
	}
	visit(node)
	if len(keys) == 0 {
		keys = all
	}
	for _, id := range keys {
		c.disturbing[id] = true
	}
}

// isDefinition tells of the definitions of kinds: they are long, and nobody looks into them field by field.
func isDefinition(node *yaml.Node) bool {
	return value(node, "kind") == "CustomResourceDefinition"
}

// originFile is the file that kustomize names for an object.
func (t *tracer) originFile(origin *resource.Origin) string {
	if origin == nil || origin.Repo != "" {
		return ""
	}
	name := realNames(origin.Path)
	if name == "" {
		name = realNames(origin.ConfiguredIn)
	}
	if name == "" {
		return ""
	}
	return cleanFolder(path.Join(t.request.Folder, name))
}
