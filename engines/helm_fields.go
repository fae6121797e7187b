package main

import (
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A chartWalker writes the fields of one document of a chart.
type chartWalker struct {
	*chartTracer
	source string
	// The document's text, where its lines begin, and where it stands in its file's output.
	content   string
	starts    []int
	offset    int
	stretches []stretch
	fields    []Field
	texts     map[string][]int
}

func (t *chartTracer) fieldsOf(one document, offset int) []Field {
	var node yaml.Node
	if yaml.Unmarshal([]byte(one.content), &node) != nil || node.Kind != yaml.DocumentNode {
		return []Field{}
	}
	stretches, known := t.stretches[one.source]
	if !known || offset < 0 {
		return t.plainFields(one)
	}
	w := &chartWalker{chartTracer: t, source: one.source, content: one.content, starts: lineStarts(one.content),
		offset: offset, stretches: stretches, fields: []Field{}, texts: map[string][]int{}}
	top := node.Content[0]
	if isDefinition(top) {
		w.put(Path{}, w.templates(0, 1, false))
		return w.fields
	}
	w.enter(top, top, Path{}, nil)
	return w.fields
}

// plainFields is what is known of a file without marks: of a CRD, that it is printed as it is.
func (t *chartTracer) plainFields(one document) []Field {
	file := chartFile(t.request, t.files, one.source)
	if file == "" {
		return []Field{}
	}
	if strings.Contains(one.source, "/crds/") {
		return []Field{{Path{}, []Source{{"template", file, At{Kind: "path", Path: Path{}}, true}}}}
	}
	return []Field{}
}

// enter writes the entry of a node; `key` is where its name stands. `from` is the value that its parent was printed from.
func (w *chartWalker) enter(key, node *yaml.Node, at Path, from *valuePlace) {
	node = resolved(node)
	if node.Kind == yaml.ScalarNode {
		w.leaf(node, at, from)
		return
	}
	begin, end := w.span(key)
	if len(node.Content) > 0 && node.Line != key.Line {
		begin, end = w.span(node.Content[0])
	}
	inner := w.valueOf(w.indexAt(begin), node, at)
	switch {
	case from != nil && from.leadsTo(at, node):
		inner = from
	case inner != nil:
		sources := w.templates(begin, end, false)
		w.put(at, append(sources, inner.source(true)))
		inner.at = at
	default:
		begin, end = w.span(key)
		w.put(at, w.templates(begin, end, false))
	}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			w.enter(node.Content[i], node.Content[i+1], at.with(node.Content[i].Value), inner)
		}
	case yaml.SequenceNode:
		for i, child := range node.Content {
			w.enter(child, child, at.with(i), inner)
		}
	}
}

// leaf writes where a scalar came from: the calls that led there, the template's text or action, the values that it read.
// A value that is empty did not decide: it stands before the template that had to say something else.
func (w *chartWalker) leaf(node *yaml.Node, at Path, from *valuePlace) {
	if from != nil && from.leadsTo(at, node) {
		return
	}
	begin, end := w.span(node)
	deciding, empty := []Source{}, []Source{}
	// Files that are printed whole are no manifests: they stand before the template that prints them.
	printed := []Source{}
	for index, one := range w.stretches {
		if one.end <= w.offset+begin || one.start >= w.offset+end {
			continue
		}
		for _, source := range w.printedFiles(one) {
			if !slices.ContainsFunc(printed, func(other Source) bool { return sameSource(other, source) }) {
				printed = append(printed, source)
			}
		}
		for _, place := range w.places(index, node, at) {
			scalar := place.node.Kind == yaml.ScalarNode
			source := place.source(scalar && place.node.Value == node.Value)
			same := func(other Source) bool { return sameSource(other, source) }
			switch {
			case slices.ContainsFunc(deciding, same) || slices.ContainsFunc(empty, same):
			case place.isDescription() || scalar && isEmpty(place.node) && !(place.node.Value != "" && strings.Contains(node.Value, place.node.Value)):
				empty = append(empty, source)
			default:
				deciding = append(deciding, source)
			}
		}
	}
	// What says the very value decided.
	sort.SliceStable(deciding, func(a, b int) bool { return !deciding[a].Verbatim && deciding[b].Verbatim })
	w.put(at, slices.Concat(empty, printed, w.templates(begin, end, true), deciding))
}

// printedFiles are the files of the chart that the last action of a stretch prints.
func (w *chartWalker) printedFiles(one stretch) []Source {
	if len(one.spots) == 0 {
		return nil
	}
	found := []Source{}
	folder, _, _ := strings.Cut(w.source, "/templates/")
	for _, name := range w.sketch.spots[one.spots[len(one.spots)-1]].prints {
		if file := chartFile(w.request, w.files, folder+"/"+name); file != "" {
			found = append(found, Source{"value", file, At{Kind: "range", Range: wholeRange(w.files[file])}, false})
		}
	}
	return found
}

// isEmpty tells what Helm's default takes for nothing.
func isEmpty(node *yaml.Node) bool {
	return node.Value == "" || node.Tag == "!!null" || node.Value == "false" || node.Value == "0"
}

func (w *chartWalker) put(at Path, sources []Source) {
	if len(sources) > 0 {
		w.fields = append(w.fields, Field{at, sources})
	}
}

// span is where a scalar stands in the document, in bytes; of a block, its lines.
func (w *chartWalker) span(node *yaml.Node) (int, int) {
	begin := offsetOf(w.content, w.starts, node.Line, node.Column)
	switch {
	case node.Kind != yaml.ScalarNode:
		return begin, begin + 1
	case node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		quote := w.content[begin]
		for at := begin + 1; at < len(w.content); at++ {
			if w.content[at] == '\\' && quote == '"' {
				at++
			} else if w.content[at] == quote {
				return begin, at + 1
			}
		}
		return begin, len(w.content)
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		line := node.Line + strings.Count(node.Value, "\n") + 1
		if line-1 < len(w.starts) {
			return begin, w.starts[line-1]
		}
		return begin, len(w.content)
	}
	return begin, min(begin+max(len(node.Value), 1), len(w.content))
}

// indexAt is the stretch at an offset of the document.
func (w *chartWalker) indexAt(offset int) int {
	return sort.Search(len(w.stretches), func(i int) bool { return w.stretches[i].end > w.offset+offset })
}

// templates are the places in templates that a span came from: calls first, what printed it last.
func (w *chartWalker) templates(begin, end int, exact bool) []Source {
	chosen := stretch{}
	if index := w.indexAt(begin); index < len(w.stretches) {
		chosen = w.stretches[index]
	}
	// An action within the span tells more than the text around it.
	for _, one := range w.stretches {
		if one.end <= w.offset+begin || one.start >= w.offset+end || len(one.spots) == 0 {
			continue
		}
		if last := w.sketch.spots[one.spots[len(one.spots)-1]]; !last.isText {
			chosen = one
			break
		}
	}
	sources := []Source{}
	for i, id := range chosen.spots {
		one := w.sketch.spots[id]
		if one.isText && i < len(chosen.spots)-1 {
			continue
		}
		from, to := one.start, one.end
		verbatim := false
		if one.isText {
			// The text is printed as it is: the scalar stands in it at the same distance.
			shift := w.offset + begin - chosen.start
			if exact && shift >= 0 && w.offset+end <= chosen.end {
				from, to = one.start+shift, one.start+shift+end-begin
				verbatim = true
			} else if shift >= 0 && one.start+shift < one.end {
				from = one.start + shift
			}
		}
		sources = append(sources, Source{"template", one.file, At{Kind: "range", Range: w.rangeOf(one.file, from, to)}, verbatim})
	}
	return sources
}

func (w *chartWalker) rangeOf(file string, from, to int) *Range {
	text := strings.TrimPrefix(string(w.files[file]), string(byteOrderMark))
	starts, known := w.texts[file]
	if !known {
		starts = lineStarts(text)
		w.texts[file] = starts
	}
	from, to = min(from, len(text)), min(to, len(text))
	for to > from && (text[to-1] == '\n' || text[to-1] == '\r') {
		to--
	}
	return &Range{positionAt(text, starts, from), positionAt(text, starts, to)}
}

// A valuePlace is a place in a file of values.
type valuePlace struct {
	file     string
	document int
	path     Path
	node     *yaml.Node
	// Whether who asks for the chart sets it: there a number is a text, so that it cannot be edited as it is rendered.
	isSetting bool
	// The field that was printed from it.
	at Path
}

// isDescription tells whether it is the chart's name or the like: what is wrong with a field is not mended there.
func (v *valuePlace) isDescription() bool {
	return strings.HasSuffix(v.file, "Chart.yaml") && v.path[0] != "appVersion"
}

func (v *valuePlace) source(verbatim bool) Source {
	return Source{"value", v.file, At{Kind: "path", Document: v.document, Path: v.path}, verbatim && !v.isSetting}
}

// leadsTo tells whether a field below stands in the values as it stands in the object.
func (v *valuePlace) leadsTo(at Path, node *yaml.Node) bool {
	if len(at) <= len(v.at) {
		return false
	}
	there := nodeAt(v.node, at[len(v.at):])
	if there == nil || there.Kind != node.Kind {
		return false
	}
	return node.Kind != yaml.ScalarNode || there.Value == node.Value
}

// valueOf is the map or list of the values that an action has printed as this node, if there is one.
func (w *chartWalker) valueOf(index int, node *yaml.Node, at Path) *valuePlace {
	for _, place := range w.places(index, node, at) {
		if place.node.Kind == node.Kind && node.Kind != yaml.ScalarNode {
			found := place
			return &found
		}
	}
	return nil
}

// places are what the actions of a stretch read: the innermost that reads something counts.
func (w *chartWalker) places(index int, node *yaml.Node, at Path) []valuePlace {
	if index >= len(w.stretches) {
		return nil
	}
	spots := w.stretches[index].spots
	// What is text in a template was read from nowhere.
	if len(spots) > 0 && w.sketch.spots[spots[len(spots)-1]].isText {
		return nil
	}
	for i := len(spots) - 1; i >= 0; i-- {
		one := w.sketch.spots[spots[i]]
		found := []valuePlace{}
		for _, path := range one.reads {
			place := w.lookUp(path, index, node)
			if place == nil {
				continue
			}
			narrowed := w.narrowed(*place, node, at)
			// A call may be given much: of it counts what says the value.
			if i < len(spots)-1 && (narrowed.node.Kind != node.Kind || narrowed.node.Value != node.Value) {
				continue
			}
			found = append(found, narrowed)
		}
		// What is read further behind counts only if it says so itself.
		for _, path := range one.behind {
			place := w.lookUp(path, index, node)
			if place != nil && place.node.Kind == yaml.ScalarNode && place.node.Value != "" && strings.Contains(node.Value, place.node.Value) {
				found = append(found, *place)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// narrowed goes down from a map of values to the part that is this field: the one that lies there as the field lies here.
func (w *chartWalker) narrowed(place valuePlace, node *yaml.Node, at Path) valuePlace {
	if place.node.Kind == yaml.ScalarNode {
		return place
	}
	for from := 0; from < len(at); from++ {
		there := nodeAt(place.node, at[from:])
		if there != nil && there.Kind == node.Kind && (node.Kind != yaml.ScalarNode || there.Value == node.Value) {
			return valuePlace{file: place.file, path: place.path.join(at[from:]), node: there}
		}
	}
	return place
}

// lookUp finds the file that decides about what an action reads, as the chart of the template sees it.
func (w *chartWalker) lookUp(read Path, index int, node *yaml.Node) *valuePlace {
	if read[0] == "Chart" {
		return w.chartField(read[1:])
	}
	path, rest := read[1:], Path{}
	if at := slices.Index(path, any("*")); at >= 0 {
		path, rest = path[:at], path[at:]
	}
	place := w.valueAt(path)
	if place == nil || len(rest) == 0 {
		return place
	}
	expanded := expand(*place, rest)
	if count, ordinal := w.occurrences(index); count == len(expanded) {
		return &expanded[ordinal]
	}
	var same *valuePlace
	for i := range expanded {
		if one := &expanded[i]; one.node.Kind == node.Kind && (node.Kind != yaml.ScalarNode || one.node.Value == node.Value) {
			if same != nil {
				return place
			}
			same = one
		}
	}
	if same != nil {
		return same
	}
	return place
}

// expand goes on from a place by steps of which some stand for each element.
func expand(place valuePlace, steps Path) []valuePlace {
	if len(steps) == 0 {
		return []valuePlace{place}
	}
	found := []valuePlace{}
	next := func(step any, node *yaml.Node) {
		if node = resolved(node); node != nil {
			found = append(found, expand(valuePlace{file: place.file, path: place.path.with(step), node: node}, steps[1:])...)
		}
	}
	switch {
	case steps[0] != "*":
		next(steps[0], nodeAt(place.node, Path{steps[0]}))
	case place.node.Kind == yaml.SequenceNode:
		for i, child := range place.node.Content {
			next(i, child)
		}
	case place.node.Kind == yaml.MappingNode:
		// Maps are walked in the order of their keys.
		keys := []string{}
		for i := 0; i+1 < len(place.node.Content); i += 2 {
			keys = append(keys, place.node.Content[i].Value)
		}
		sort.Strings(keys)
		for _, key := range keys {
			next(key, member(place.node, key))
		}
	}
	return found
}

// occurrences tells how often the action of a stretch has printed in this file, and which of those times this one is.
func (w *chartWalker) occurrences(index int) (count, ordinal int) {
	spots := w.stretches[index].spots
	if len(spots) == 0 {
		return 0, 0
	}
	last := spots[len(spots)-1]
	for i, one := range w.stretches {
		if len(one.spots) > 0 && one.spots[len(one.spots)-1] == last {
			if i < index {
				ordinal++
			}
			count++
		}
	}
	return count, ordinal
}

// chartField is a field of the chart's own description, such as `.Chart.AppVersion`.
func (w *chartWalker) chartField(path Path) *valuePlace {
	name, isName := path[0].(string)
	folder, _, found := strings.Cut(w.source, "/templates/")
	if !isName || !found || len(path) > 1 || name == "" {
		return nil
	}
	file := chartFile(w.request, w.files, folder+"/Chart.yaml")
	parts := w.documents(file)
	if file == "" || len(parts) == 0 || parts[0].node == nil {
		return nil
	}
	key := strings.ToLower(name[:1]) + name[1:]
	if name == "APIVersion" {
		key = "apiVersion"
	}
	if node := nodeAt(parts[0].node, Path{key}); node != nil {
		return &valuePlace{file: file, path: Path{key}, node: node}
	}
	return nil
}

// valueAt finds the file that decides about a value.
func (w *chartWalker) valueAt(path Path) *valuePlace {
	below := w.chartOf()
	whole := below.join(path)
	if len(path) > 0 && path[0] == "global" {
		whole = path
	}
	if len(path) == 0 {
		return nil
	}
	if w.isSetElsewhere(whole) {
		return w.settingOf(whole)
	}
	for _, one := range w.values {
		rest := whole
		if whole[0] != "global" {
			if len(one.below) > len(whole) || !whole[:len(one.below)].equals(one.below) {
				continue
			}
			rest = whole[len(one.below):]
		}
		if node := nodeAt(one.node, rest); node != nil && len(rest) > 0 {
			return &valuePlace{file: one.file, path: rest, node: node}
		}
	}
	return nil
}

// chartOf is the way from the top chart to the one whose template is rendered.
func (w *chartWalker) chartOf() Path {
	below := Path{}
	parts := strings.Split(w.source, "/")
	for i := 1; i+1 < len(parts) && parts[i] == "charts"; i += 2 {
		below = below.with(parts[i+1])
	}
	return below
}

// settingOf is where who asks for the chart sets the very value; nil where that is not known.
func (w *chartWalker) settingOf(path Path) *valuePlace {
	settings := slices.Concat(w.request.Set, w.request.SetString)
	for i := len(settings) - 1; i >= 0; i-- {
		key, content, _ := strings.Cut(settings[i], "=")
		if key == dotted(path) && i < len(w.request.SetAt) {
			at := w.request.SetAt[i]
			return &valuePlace{file: at.File, document: at.Document, path: at.Path.whole(), isSetting: true, node: &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: content}}
		}
	}
	return nil
}

func dotted(path Path) string {
	return strings.ReplaceAll(strings.TrimPrefix(pathText(path), "/"), "/", ".")
}

// isSetElsewhere tells whether `--set` or inline values decide, which stand in no file of values.
func (w *chartWalker) isSetElsewhere(path Path) bool {
	name := dotted(path)
	for _, setting := range slices.Concat(w.request.Set, w.request.SetString) {
		for _, one := range strings.Split(setting, ",") {
			key, _, _ := strings.Cut(one, "=")
			if key == name || strings.HasPrefix(key, name+".") || strings.HasPrefix(name, key+".") {
				return true
			}
		}
	}
	for _, text := range w.request.InlineValues {
		var node yaml.Node
		if yaml.Unmarshal([]byte(text), &node) == nil && node.Kind == yaml.DocumentNode && nodeAt(node.Content[0], path) != nil {
			return true
		}
	}
	return false
}
