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
	// For leaves of a text that stands in a kustomization: where that text stands, and the leaf's range in the file.
	inline Path
	shown  *Range
	// Where it stands in its document.
	document int
	path     Path
	role     string
	// Leaves that are marked together.
	group   string
	literal string
	mark    func(node *yaml.Node, id int)
}

const (
	markStart = '\ue000'
	markDigit = '\ue010'
	markEnd   = '\ue001'
	// Numbers that stand for marks where only a number may stand.
	firstNumber = 1_730_000_000
)

func markOf(id int) string {
	var text strings.Builder
	text.WriteRune(markStart)
	for _, digit := range strconv.FormatInt(int64(id), 16) {
		value, _ := strconv.ParseInt(string(digit), 16, 32)
		text.WriteRune(markDigit + rune(value))
	}
	text.WriteRune(markEnd)
	return text.String()
}

var markPattern = regexp.MustCompile("\ue000([\ue010-\ue01f]+)\ue001")

// unmark takes the marks out of a text.
func unmark(text string) (string, []int) {
	if !strings.ContainsRune(text, markStart) {
		return text, nil
	}
	ids := []int{}
	plain := markPattern.ReplaceAllStringFunc(text, func(mark string) string {
		id := 0
		for _, digit := range mark {
			if digit >= markDigit {
				id = id*16 + int(digit-markDigit)
			}
		}
		ids = append(ids, id)
		return ""
	})
	return plain, ids
}

func appendMark(node *yaml.Node, id int) {
	node.Value += markOf(id)
	node.Tag = "!!str"
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		node.Style = yaml.DoubleQuotedStyle
	}
}

func numberMark(node *yaml.Node, id int) {
	node.Value = strconv.Itoa(firstNumber + id)
}

// Keys by which lists of maps are merged: a mark there would make another element of it.
var mergeKeys = map[string]bool{
	"name": true, "containerPort": true, "port": true, "mountPath": true, "devicePath": true, "ip": true, "key": true,
	"topologyKey": true, "protocol": true, "type": true, "uid": true, "containerName": true, "hostPort": true,
}

var nameKey = regexp.MustCompile(`(?i)names?$`)

// A planner collects the leaves of a kustomization and of all that it is built on.
type planner struct {
	files Files
	given Files
	// Names of objects: what names one must stay as it is for kustomize to follow it.
	names map[string]bool
	// Whether labels decide what a patch or replacement is for.
	selects bool
	seen    map[string]bool
	leaves  []leaf
	// The documents of patches that are merged, with marks in them or without.
	patches []frame
	layers  []*kustomization
	moved   additions
}

func plan(files, given Files, folder string, moved additions) *planner {
	p := &planner{files: files, given: given, names: map[string]bool{}, seen: map[string]bool{}, moved: moved}
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
		p.planLayer(layer)
	}
	return p
}

func (p *planner) collectNames(file string) {
	for _, one := range documentsOf(p.files[file]) {
		for _, object := range objectsOf(one.node) {
			p.names[value(member(object.node, "metadata"), "name")] = true
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
	for i, entry := range entries(layer.node, "patchesStrategicMerge") {
		if strings.Contains(entry.Value, "\n") {
			p.planInline(layer, Path{"patchesStrategicMerge", i}, entry)
		} else {
			p.planFile(path.Join(layer.folder, entry.Value), "patch")
		}
	}
	for _, key := range []string{"patches", "patchesJson6902"} {
		for i, entry := range entries(layer.node, key) {
			if file := value(entry, "path"); file != "" {
				p.planFile(path.Join(layer.folder, file), "patch")
			} else if text := member(entry, "patch"); text != nil {
				p.planInline(layer, Path{key, i, "patch"}, text)
			}
		}
	}
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
	for i, one := range documentsOf(p.files[file]) {
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
	content, found := p.files[file]
	if !found || p.seen[file] {
		return
	}
	p.seen[file] = true
	for i, one := range documentsOf(content) {
		if one.node != nil {
			p.planDocument(one.node, leaf{file: file, document: i, role: role, group: file})
		}
	}
}

// planInline plans the leaves of a patch that stands in a kustomization.
func (p *planner) planInline(layer *kustomization, at Path, text *yaml.Node) {
	if text.Kind != yaml.ScalarNode {
		return
	}
	var node yaml.Node
	if yaml.Unmarshal([]byte(text.Value), &node) != nil || node.Kind != yaml.DocumentNode {
		return
	}
	group := layer.file + "#" + pathText(at)
	p.planDocument(node.Content[0], leaf{file: layer.file, inline: at, role: "patch", group: group})
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
			// What is added as an element of its own is found by nobody yet: its keys bear marks as well.
			if !p.isFixed(whole, scalar, inElement) {
				p.add(like, Path{i, "value"}.join(at), scalar, whole)
			}
		})
	}
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
	if len(at) == 1 && (key == "apiVersion" || key == "kind") {
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

// planSettings plans what a kustomization sets by itself.
func (p *planner) planSettings(layer *kustomization) {
	setting := func(at Path, role string) {
		node := nodeAt(layer.node, at)
		if node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
			return
		}
		p.addSetting(layer, at, role, node, appendMark)
	}
	maps := func(at Path, role string) {
		held := nodeAt(layer.node, at)
		if held == nil || held.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(held.Content); i += 2 {
			setting(at.with(held.Content[i].Value), role)
		}
	}
	for _, key := range []string{"namespace", "namePrefix", "nameSuffix"} {
		setting(Path{key}, "transformer")
	}
	maps(Path{"commonLabels"}, "transformer")
	maps(Path{"commonAnnotations"}, "transformer")
	maps(Path{"generatorOptions", "labels"}, "generator")
	maps(Path{"generatorOptions", "annotations"}, "generator")
	for i := range entries(layer.node, "labels") {
		maps(Path{"labels", i, "pairs"}, "transformer")
	}
	for i, image := range entries(layer.node, "images") {
		for _, key := range []string{"newName", "newTag", "digest"} {
			if member(image, key) != nil {
				setting(Path{"images", i, key}, "transformer")
			}
		}
	}
	for i, replica := range entries(layer.node, "replicas") {
		if count := member(replica, "count"); count != nil {
			p.addSetting(layer, Path{"replicas", i, "count"}, "transformer", count, numberMark)
		}
	}
	for _, key := range []string{"configMapGenerator", "secretGenerator"} {
		for i, generator := range entries(layer.node, key) {
			for j := range entries(generator, "literals") {
				setting(Path{key, i, "literals", j}, "generator")
			}
			maps(Path{key, i, "options", "labels"}, "generator")
			maps(Path{key, i, "options", "annotations"}, "generator")
		}
	}
}

func (p *planner) addSetting(layer *kustomization, at Path, role string, node *yaml.Node, mark func(*yaml.Node, int)) {
	first, _ := at[0].(string)
	p.leaves = append(p.leaves, leaf{id: len(p.leaves) + 1, file: layer.file, path: at, role: role,
		group: layer.file + "#" + first, literal: node.Value, mark: mark})
}

// add plans a leaf; `target` is the field that it is for.
func (p *planner) add(like leaf, at Path, scalar *yaml.Node, target Path) {
	like.id = len(p.leaves) + 1
	like.path = at
	like.literal = scalar.Value
	like.mark = appendMark
	if like.inline != nil {
		like.shown = p.inlineRange(like, scalar)
	}
	p.leaves = append(p.leaves, like)
}

// inlineRange is where a scalar of an inline patch stands in the kustomization's own text.
func (p *planner) inlineRange(like leaf, scalar *yaml.Node) *Range {
	content := p.given[like.file]
	parts := documentsOf(content)
	if len(parts) == 0 || parts[0].node == nil {
		return nil
	}
	at := p.moved.original(like.file, like.inline)
	block := nodeAt(parts[0].node, at)
	if block == nil || block.Style&yaml.LiteralStyle == 0 {
		return nil
	}
	lines := strings.Split(string(content), "\n")
	line := parts[0].line + block.Line + scalar.Line - 1
	inner := strings.Split(block.Value, "\n")
	if line >= len(lines) || scalar.Line > len(inner) {
		return nil
	}
	text := strings.TrimSuffix(lines[line], "\r")
	indent := strings.Index(text, inner[scalar.Line-1])
	if indent < 0 {
		return nil
	}
	length := utf16Length(scalar.Value)
	if scalar.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		length += 2
	}
	start := indent + scalar.Column - 1
	return &Range{Position{line, start}, Position{line, min(start+length, utf16Length(text))}}
}

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

// marked gives the files with those leaves marked that are wanted.
func (p *planner) marked(wanted func(leaf) bool) Files {
	byFile := map[string][]leaf{}
	for _, one := range p.leaves {
		if wanted(one) {
			byFile[one.file] = append(byFile[one.file], one)
		}
	}
	files := Files{}
	for name, content := range p.files {
		files[name] = content
	}
	for file, leaves := range byFile {
		parts := documentsOf(p.files[file])
		inline := map[string]*yaml.Node{}
		for _, one := range leaves {
			top := parts[one.document].node
			if one.inline != nil {
				key := pathText(one.inline)
				if inline[key] == nil {
					var node yaml.Node
					_ = yaml.Unmarshal([]byte(nodeAt(top, one.inline).Value), &node)
					inline[key] = node.Content[0]
				}
				top = inline[key]
			}
			if node := nodeAt(top, one.path); node != nil {
				one.mark(node, one.id)
			}
		}
		for _, one := range leaves {
			if one.inline != nil {
				node := nodeAt(parts[one.document].node, one.inline)
				node.Value = string(encode(inline[pathText(one.inline)]))
				node.Style = yaml.LiteralStyle
			}
		}
		files[file] = encodeAll(parts)
	}
	return files
}
