package main

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A leaf is a scalar of a source that is given a mark: where the mark turns up, the leaf had a part.
type leaf struct {
	id   int
	file string
	// For leaves of a text that stands in a kustomization: where that text stands.
	inline Path
	// Where it stands in its document, or in that text.
	document int
	path     Path
	role     string
	// Leaves that are marked together.
	group   string
	literal string
	// Whether it is a key by which elements of lists are merged.
	isKey bool
	// Whether it is part of what a JSON patch adds to a list as an element of its own.
	adds bool
	mark func(node *yaml.Node, id int)
}

// Keys by which lists of maps are merged: a mark there would make another element of it.
var mergeKeys = map[string]bool{
	"name": true, "containerPort": true, "port": true, "mountPath": true, "devicePath": true, "ip": true, "key": true,
	"topologyKey": true, "protocol": true, "type": true, "uid": true, "containerName": true, "hostPort": true,
}

var nameKey = regexp.MustCompile(`(?i)names?$`)

// A planner collects the leaves of a kustomization and of all that it is built on.
type planner struct {
	reader
	given Files
	// Names of objects: what names one must stay as it is for kustomize to follow it.
	names map[string]bool
	// Whether labels decide what a patch or replacement is for.
	selects bool
	// Values by which patches that are merged find elements of lists.
	elements map[string]bool
	seen     map[string]bool
	leaves   []leaf
	inlined  map[string]*yaml.Node
	// The documents of patches that are merged, with marks in them or without.
	patches []frame
	layers  []*kustomization
	moved   additions
}

func plan(files, given Files, folder string, moved additions) *planner {
	p := &planner{reader: newReader(files), given: given, names: map[string]bool{}, elements: map[string]bool{}, seen: map[string]bool{},
		inlined: map[string]*yaml.Node{}, moved: moved}
	p.layers = closure(files, folder)
	for _, layer := range p.layers {
		content := string(files[layer.file])
		p.selects = p.selects || strings.Contains(content, "Selector") || strings.Contains(content, "replacements")
		for _, key := range []string{"resources", "bases"} {
			for _, entry := range entries(layer.node, key) {
				p.collectNames(path.Join(layer.folder, entry.Value))
			}
		}
		for _, key := range []string{"configMapGenerator", "secretGenerator"} {
			for _, entry := range entries(layer.node, key) {
				p.names[value(entry, "name")] = true
			}
		}
	}
	for _, layer := range p.layers {
		p.collectElements(layer)
	}
	for _, layer := range p.layers {
		p.planLayer(layer)
	}
	return p
}

// inlineNode is what a text in a kustomization holds; nil where that is no YAML.
func (p *planner) inlineNode(file string, at Path) *yaml.Node {
	key := file + "#" + pathText(at)
	known, found := p.inlined[key]
	if found {
		return known
	}
	parts := p.documents(file)
	if len(parts) > 0 && parts[0].node != nil {
		if text := nodeAt(parts[0].node, at); text != nil && text.Kind == yaml.ScalarNode {
			var node yaml.Node
			if yaml.Unmarshal([]byte(text.Value), &node) == nil && node.Kind == yaml.DocumentNode {
				known = node.Content[0]
			}
		}
	}
	p.inlined[key] = known
	return known
}

func (p *planner) collectNames(file string) {
	for _, one := range p.documents(file) {
		for _, object := range objectsOf(one.node) {
			p.names[value(member(object.node, "metadata"), "name")] = true
		}
	}
}

// collectElements notes by what the patches find elements of lists that others may have added.
func (p *planner) collectElements(layer *kustomization) {
	note := func(node *yaml.Node) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		visitScalars(node, Path{}, false, func(scalar *yaml.Node, at Path, inElement bool) {
			if key, _ := at[len(at)-1].(string); inElement && mergeKeys[key] {
				p.elements[scalar.Value] = true
			}
		})
	}
	eachPatch(layer, func(file string, inline Path) {
		if inline != nil {
			note(p.inlineNode(layer.file, inline))
			return
		}
		for _, one := range p.documents(file) {
			note(one.node)
		}
	})
}

// eachPatch calls for each patch of a kustomization: with its file, or with the place of its text.
func eachPatch(layer *kustomization, call func(file string, inline Path)) {
	for i, entry := range entries(layer.node, "patchesStrategicMerge") {
		if strings.Contains(entry.Value, "\n") {
			call("", Path{"patchesStrategicMerge", i})
		} else {
			call(path.Join(layer.folder, entry.Value), nil)
		}
	}
	for _, key := range []string{"patches", "patchesJson6902"} {
		for i, entry := range entries(layer.node, key) {
			if file := value(entry, "path"); file != "" {
				call(path.Join(layer.folder, file), nil)
			} else if member(entry, "patch") != nil {
				call("", Path{key, i, "patch"})
			}
		}
	}
}

// An object of a document: the document itself, or an element of its list.
type objectOf struct {
	node *yaml.Node
	path Path
}

func objectsOf(node *yaml.Node) []objectOf {
	if node == nil {
		return nil
	}
	items := member(node, "items")
	if !strings.HasSuffix(value(node, "kind"), "List") || items == nil || items.Kind != yaml.SequenceNode {
		return []objectOf{{node, Path{}}}
	}
	objects := make([]objectOf, len(items.Content))
	for i, item := range items.Content {
		objects[i] = objectOf{resolved(item), Path{"items", i}}
	}
	return objects
}

func (p *planner) planLayer(layer *kustomization) {
	for _, key := range []string{"resources", "bases"} {
		for _, entry := range entries(layer.node, key) {
			p.planFile(path.Join(layer.folder, entry.Value), "base")
		}
	}
	eachPatch(layer, func(file string, inline Path) {
		if inline != nil {
			p.planInline(layer, inline)
		} else {
			p.planFile(file, "patch")
		}
	})
	for _, entry := range entries(layer.node, "transformers") {
		p.planTransformer(path.Join(layer.folder, entry.Value))
	}
	p.planSettings(layer)
}

// What kustomize's own transformers set, when they stand in files of their own.
var transformerSettings = regexp.MustCompile(`^/(prefix|suffix|(labels|annotations)/.*|imageTag/(newName|newTag|digest))$`)

func (p *planner) planTransformer(file string) {
	if p.seen[file] {
		return
	}
	p.seen[file] = true
	for i, one := range p.documents(file) {
		if one.node == nil {
			continue
		}
		visitScalars(one.node, Path{}, false, func(scalar *yaml.Node, at Path, _ bool) {
			if transformerSettings.MatchString(pathText(at)) {
				p.add(leaf{file: file, document: i, role: "transformer", group: file}, at, scalar, at)
			}
		})
	}
}

// planFile plans the leaves of a file of objects or of patches.
func (p *planner) planFile(file, role string) {
	if p.seen[file] {
		return
	}
	p.seen[file] = true
	for i, one := range p.documents(file) {
		if one.node != nil {
			p.planDocument(one.node, leaf{file: file, document: i, role: role, group: file})
		}
	}
}

// planInline plans the leaves of a patch that stands in a kustomization.
func (p *planner) planInline(layer *kustomization, at Path) {
	if node := p.inlineNode(layer.file, at); node != nil {
		p.planDocument(node, leaf{file: layer.file, inline: at, role: "patch", group: layer.file + "#" + pathText(at)})
	}
}

func (p *planner) planDocument(node *yaml.Node, like leaf) {
	if node.Kind == yaml.SequenceNode {
		p.planOperations(node, like)
		return
	}
	if like.role == "patch" {
		p.patches = append(p.patches, frame{file: like.file, document: like.document, path: Path{}, role: "patch", inline: like.inline, node: node})
	}
	for _, object := range objectsOf(node) {
		if isDefinition(object.node) {
			continue
		}
		visitScalars(object.node, Path{}, false, func(scalar *yaml.Node, at Path, inElement bool) {
			if p.isFixed(at, scalar, inElement) {
				return
			}
			p.add(like, object.path.join(at), scalar, at)
		})
	}
}

// planOperations plans the values of a JSON patch; what it tests for stays.
func (p *planner) planOperations(node *yaml.Node, like leaf) {
	for i, operation := range node.Content {
		like := like
		if operation = resolved(operation); value(operation, "op") != "add" && value(operation, "op") != "replace" {
			continue
		}
		target := pointerPath(value(operation, "path"))
		held := member(operation, "value")
		if held == nil {
			continue
		}
		if held.Kind == yaml.ScalarNode {
			if !p.isFixed(target, held, false) {
				p.add(like, Path{i, "value"}, held, target)
			}
			continue
		}
		visitScalars(held, Path{}, false, func(scalar *yaml.Node, at Path, inElement bool) {
			whole := target.join(at)
			key, _ := whole[len(whole)-1].(string)
			like.adds = isElement(target) && value(operation, "op") == "add"
			like.isKey = mergeKeys[key] && (inElement || (len(at) == 1 && isElement(target)))
			// The keys of an element that is added bear marks, unless a patch finds it by them.
			if !p.isFixed(whole, scalar, like.isKey && p.elements[scalar.Value]) {
				p.add(like, Path{i, "value"}.join(at), scalar, whole)
			}
		})
	}
}

// isElement tells whether a JSON patch's path leads to an element of a list.
func isElement(target Path) bool {
	if len(target) == 0 {
		return false
	}
	last, _ := target[len(target)-1].(string)
	_, err := strconv.Atoi(last)
	return last == "-" || err == nil
}

func pointerPath(pointer string) Path {
	steps := Path{}
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		steps = append(steps, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return steps
}

// isFixed tells which scalars must stay as they are, since kustomize finds objects and elements by them.
func (p *planner) isFixed(at Path, scalar *yaml.Node, inElement bool) bool {
	if scalar.Tag == "!!null" || scalar.Tag == "!!merge" || scalar.Anchor != "" {
		return true
	}
	key, _ := at[len(at)-1].(string)
	// A reference to another object is followed by its kind.
	if key == "apiVersion" || key == "kind" || key == "apiGroup" {
		return true
	}
	if first, _ := at[0].(string); first == "metadata" && len(at) > 1 {
		second, _ := at[1].(string)
		if second == "name" || second == "namespace" || second == "generateName" {
			return true
		}
		if (second == "labels" || second == "annotations") && (p.selects || strings.Contains(key, "config.kubernetes.io") || strings.Contains(key, "kustomize.config")) {
			return true
		}
	}
	if strings.HasPrefix(key, "$") || (inElement && mergeKeys[key]) {
		return true
	}
	// A list's elements that are scalars may be named by another.
	if _, isIndex := at[len(at)-1].(int); isIndex && len(at) > 1 {
		key, _ = at[len(at)-2].(string)
	}
	if p.names[scalar.Value] && (nameKey.MatchString(key) || key == "namespace") {
		return true
	}
	return key == "namespace" || (key == "image" && !isTagged(scalar.Value))
}

func isTagged(image string) bool {
	return strings.Contains(image[strings.LastIndex(image, "/")+1:], ":")
}

// add plans a leaf; `target` is the field that it is for.
func (p *planner) add(like leaf, at Path, scalar *yaml.Node, target Path) {
	like.id = len(p.leaves) + 1
	like.path = at
	like.literal = scalar.Value
	like.mark = appendMark
	p.leaves = append(p.leaves, like)
}

// isVerbatim tells whether a text of the kustomization's own file is written as it is: the YAML that it holds then has
// places in that file, and a path may go on inside of it.
func (p *planner) isVerbatim(file string, at Path) bool {
	parts, known := p.parts["given "+file]
	if !known {
		parts = documentsOf(p.given[file])
		p.parts["given "+file] = parts
	}
	if len(parts) == 0 || parts[0].node == nil {
		return false
	}
	text := nodeAt(parts[0].node, p.moved.original(file, at))
	if text == nil || text.Kind != yaml.ScalarNode {
		return false
	}
	if text.Style&yaml.SingleQuotedStyle != 0 {
		return !strings.ContainsAny(text.Value, "'\n")
	}
	return text.Style&yaml.LiteralStyle != 0
}
