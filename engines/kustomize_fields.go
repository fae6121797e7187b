package main

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A frame is a node of a source that has the same shape as a node of the output, as far as it goes.
type frame struct {
	file     string
	document int
	path     Path
	role     string
	inline   Path
	node     *yaml.Node
}

func (f frame) same(other frame) bool {
	return f.file == other.file && f.document == other.document && f.path.equals(other.path) && f.inline.equals(other.inline)
}

// A walker writes the fields of one object.
type walker struct {
	*tracer
	index  int
	fields []Field
	// Paths that have an entry already.
	known map[string]bool
}

// fieldsOf gives the file that an object comes from, and its fields: one that has no entry has its way from the one above.
func (t *tracer) fieldsOf(i int) (*ObjectSource, []Field) {
	w := &walker{tracer: t, index: i, fields: []Field{}, known: map[string]bool{}}
	clean := t.clean[i]
	source, frames := w.root(clean)
	inherited := (*frame)(nil)
	frames = append(frames, w.patchesOf(clean)...)
	if len(frames) > 0 && frames[0].role != "patch" {
		inherited = &frames[0]
		w.put(Path{}, []Source{w.sourceOf(*inherited, true)})
	}
	w.generated(clean)
	if isDefinition(clean) {
		return source, w.fields
	}
	w.walk(clean, Path{}, w.derived(clean, Path{}, frames), inherited)
	return source, w.fields
}

// root finds the document that an object was in the first place.
func (w *walker) root(clean *yaml.Node) (*ObjectSource, []frame) {
	origin := w.origins[w.index]
	file := w.originFile(origin)
	if file == "" {
		return nil, nil
	}
	if origin.ConfiguredIn != "" {
		document := 0
		return &ObjectSource{File: file, Document: &document}, nil
	}
	found := (*frame)(nil)
	best := -1
	sameKind := []frame{}
	name := value(member(clean, "metadata"), "name")
	for i, one := range w.planner.documents(file) {
		for _, object := range objectsOf(one.node) {
			original := value(member(object.node, "metadata"), "name")
			isKind := value(object.node, "kind") == value(clean, "kind")
			if isKind {
				sameKind = append(sameKind, frame{file: file, document: i, path: object.path, role: "base", node: object.node})
			}
			fits := isKind && strings.Contains(name, original)
			if fits && len(original) > best {
				best = len(original)
				found = &frame{file: file, document: i, path: object.path, role: "base", node: object.node}
			}
		}
	}
	if found == nil && len(sameKind) == 1 {
		found = &sameKind[0]
	}
	if found == nil {
		return &ObjectSource{File: file}, nil
	}
	document := found.document
	return &ObjectSource{File: file, Document: &document}, []frame{*found}
}

// patchesOf are the patches that are merged into an object of that kind and name.
func (w *walker) patchesOf(clean *yaml.Node) []frame {
	found := []frame{}
	name := value(member(clean, "metadata"), "name")
	for _, one := range w.planner.patches {
		patched := value(member(one.node, "metadata"), "name")
		if value(one.node, "kind") == value(clean, "kind") && patched != "" && strings.Contains(name, patched) && w.hasMarks(one, clean) {
			found = append(found, one)
		}
	}
	return found
}

// hasMarks tells whether a patch has left its marks in the object; one without any may have been merged as well.
func (w *walker) hasMarks(patch frame, clean *yaml.Node) bool {
	some := false
	for _, one := range w.planner.leaves {
		some = some || (one.file == patch.file && one.document == patch.document && one.inline.equals(patch.inline))
	}
	if !some {
		return true
	}
	here := false
	w.marksBelow(clean, Path{}, Path{}, func(one *leaf, _ Path) {
		here = here || (one.file == patch.file && one.document == patch.document && one.inline.equals(patch.inline))
	})
	return here
}

// leafOf is the leaf of a mark.
func (w *walker) leafOf(id int) *leaf {
	if id < 1 || id > len(w.planner.leaves) {
		return nil
	}
	return &w.planner.leaves[id-1]
}

// marksBelow calls for each mark at or below a path, with the rest of the path.
func (w *walker) marksBelow(node *yaml.Node, at, rest Path, call func(*leaf, Path)) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			w.marksBelow(node.Content[i+1], at.with(node.Content[i].Value), rest.with(node.Content[i].Value), call)
		}
	case yaml.SequenceNode:
		for i, child := range node.Content {
			w.marksBelow(child, at.with(i), rest.with(i), call)
		}
	case yaml.ScalarNode:
		for _, id := range w.marks[w.index][pathText(at)] {
			if one := w.leafOf(id); one != nil {
				call(one, rest)
			}
		}
	}
}

// derived adds frames that the marks below a node tell of: a leaf that lies in its source as it lies below the node.
func (w *walker) derived(node *yaml.Node, at Path, frames []frame) []frame {
	if node.Kind == yaml.ScalarNode || w.marks[w.index] == nil {
		return frames
	}
	w.marksBelow(node, at, Path{}, func(one *leaf, rest Path) {
		if len(rest) == 0 || one.role == "transformer" || one.role == "generator" || !one.path.endsWith(rest) {
			return
		}
		start := one.path[:len(one.path)-len(rest)]
		candidate := frame{file: one.file, document: one.document, path: start, role: one.role, inline: one.inline}
		if slices.ContainsFunc(frames, candidate.same) {
			return
		}
		// A leaf below a list of the output is a sign only if the list is the source's as well.
		if candidate.node = w.sourceNode(candidate); candidate.node == nil || candidate.node.Kind != node.Kind {
			return
		}
		frames = append(slices.Clone(frames), candidate)
	})
	return frames
}

func (w *walker) sourceNode(f frame) *yaml.Node {
	parts := w.planner.documents(f.file)
	if f.document >= len(parts) || parts[f.document].node == nil {
		return nil
	}
	top := parts[f.document].node
	if f.inline != nil {
		top = w.planner.inlineNode(f.file, f.inline)
	}
	return nodeAt(top, f.path)
}

func (f frame) child(step any) (frame, bool) {
	next := f
	next.path = f.path.with(step)
	next.node = nodeAt(f.node, Path{step})
	return next, next.node != nil
}

// walk writes what is not as the entry above says.
func (w *walker) walk(node *yaml.Node, at Path, frames []frame, inherited *frame) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			step := node.Content[i].Value
			next := []frame{}
			for _, one := range frames {
				if child, found := one.child(step); found {
					next = append(next, child)
				}
			}
			w.enter(node.Content[i+1], at.with(step), next, under(inherited, step))
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			next := []frame{}
			for _, one := range frames {
				if child, found := w.element(one, node, i, at); found {
					next = append(next, child)
				}
			}
			w.enter(element, at.with(i), next, under(inherited, i))
		}
	}
}

func under(inherited *frame, step any) *frame {
	if inherited == nil {
		return nil
	}
	next := *inherited
	next.path = inherited.path.with(step)
	next.node = nodeAt(inherited.node, Path{step})
	return &next
}

// element finds the element of a source's list that is this one of the output's.
func (w *walker) element(list frame, node *yaml.Node, index int, at Path) (frame, bool) {
	if list.node == nil || list.node.Kind != yaml.SequenceNode {
		return frame{}, false
	}
	element := node.Content[index]
	if element.Kind == yaml.ScalarNode {
		if child, found := list.child(index); found && child.node.Value == element.Value {
			return child, true
		}
		for i, other := range list.node.Content {
			if resolved(other).Value == element.Value {
				return list.child(i)
			}
		}
		if len(list.node.Content) == len(node.Content) {
			return list.child(index)
		}
		return frame{}, false
	}
	// The marks below it know.
	found, isAdded := -1, false
	w.marksBelow(element, at.with(index), Path{}, func(one *leaf, rest Path) {
		isAdded = isAdded || (one.adds && len(one.path) == len(rest)+2)
		if one.file == list.file && one.document == list.document && one.inline.equals(list.inline) && one.path.endsWith(rest) {
			start := one.path[:len(one.path)-len(rest)]
			if len(start) == len(list.path)+1 && start[:len(list.path)].equals(list.path) {
				found, _ = start[len(list.path)].(int)
			}
		}
	})
	if found >= 0 {
		return list.child(found)
	}
	if isAdded {
		return frame{}, false
	}
	for _, key := range []string{"name", "containerPort", "port", "mountPath", "key", "ip", "topologyKey"} {
		wanted := member(element, key)
		if wanted == nil || wanted.Kind != yaml.ScalarNode {
			continue
		}
		for i, other := range list.node.Content {
			there := value(resolved(other), key)
			if there == wanted.Value || (key == "name" && there != "" && strings.Contains(wanted.Value, there) && len(list.node.Content) == len(node.Content) && i == index) {
				return list.child(i)
			}
		}
		return frame{}, false
	}
	if len(list.node.Content) == len(node.Content) {
		return list.child(index)
	}
	return frame{}, false
}

// enter writes an entry for a node if it is not where the entry above would lead, and goes on below it.
func (w *walker) enter(node *yaml.Node, at Path, frames []frame, inherited *frame) {
	if node.Kind == yaml.ScalarNode {
		w.leafEntry(node, at, frames, inherited)
		return
	}
	frames = w.derived(node, at, frames)
	if len(frames) > 0 && (inherited == nil || inherited.node == nil || !slices.ContainsFunc(frames, inherited.same)) {
		inherited = &frames[len(frames)-1]
		sources := []Source{}
		for _, one := range frames {
			sources = append(sources, w.sourceOf(one, true))
		}
		w.put(at, sources)
	}
	w.walk(node, at, frames, inherited)
}

// leafEntry writes where a scalar came from: what it was at first, what has changed it, and what decided at last.
func (w *walker) leafEntry(node *yaml.Node, at Path, frames []frame, inherited *frame) {
	sources := []Source{}
	if len(frames) > 0 && frames[0].role == "base" && frames[0].node != nil && frames[0].node.Kind == yaml.ScalarNode {
		sources = append(sources, w.sourceOf(frames[0], frames[0].node.Value == node.Value))
	}
	marked := w.markedSources(node, at)
	replacements := w.replaced[w.index][pathText(at)]
	isWritten := slices.ContainsFunc(marked, func(one Source) bool { return one.Role != "transformer" })
	if len(marked) == 0 || (len(marked) == 1 && !isWritten && isName(at)) {
		sources = append(sources, w.unmarkedSources(node, at, frames)...)
	}
	// A replacement copies what is written elsewhere; about what a transformer has made there, it decides itself.
	if isWritten {
		sources = append(append(sources, replacements...), marked...)
	} else {
		sources = append(append(sources, marked...), replacements...)
	}
	sources = lastOfEach(sources)
	if len(sources) == 0 || w.known[pathText(at)] {
		return
	}
	if len(sources) == 1 && inherited != nil && sources[0].Verbatim && sameSource(sources[0], w.sourceOf(*inherited, true)) {
		return
	}
	w.put(at, sources)
}

// markedSources are the places whose marks a scalar bears, in the order in which they had their part.
func (w *walker) markedSources(node *yaml.Node, at Path) []Source {
	found := []Source{}
	for _, id := range w.marks[w.index][pathText(at)] {
		if one := w.leafOf(id); one != nil {
			if source, known := w.sourceOfLeaf(one, node); known {
				found = append(found, source)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Source) int { return rank(a.Role) - rank(b.Role) })
	return found
}

// unmarkedSources is where the value of a scalar stands that may bear no mark: the first such place, since those that follow
// found theirs by it.
func (w *walker) unmarkedSources(node *yaml.Node, at Path, frames []frame) []Source {
	for _, one := range frames {
		if one.node != nil && one.node.Kind == yaml.ScalarNode && one.node.Value != "" &&
			(one.node.Value == node.Value || (isName(at) && strings.Contains(node.Value, one.node.Value))) {
			return []Source{w.sourceOf(one, one.node.Value == node.Value)}
		}
	}
	return nil
}

// lastOfEach leaves of places that are named several times the last.
func lastOfEach(sources []Source) []Source {
	kept := []Source{}
	for _, one := range sources {
		kept = append(slices.DeleteFunc(kept, func(other Source) bool { return sameSource(one, other) }), one)
	}
	return kept
}

// rank orders what went into one scalar: what was put together from it comes after it.
func rank(role string) int {
	switch role {
	case "base":
		return 0
	case "patch":
		return 1
	case "generator":
		return 2
	}
	return 3
}

func isName(at Path) bool {
	if len(at) == 0 {
		return false
	}
	key, isKey := at[len(at)-1].(string)
	return isKey && nameKey.MatchString(key)
}

func sameSource(a, b Source) bool {
	if a.File != b.File || a.At.Kind != b.At.Kind || a.At.Document != b.At.Document || !a.At.Path.equals(b.At.Path) {
		return false
	}
	return a.At.Range == b.At.Range || (a.At.Range != nil && b.At.Range != nil && *a.At.Range == *b.At.Range)
}

// sourceOfLeaf is the place of a marked leaf; unknown where only a deployment tool has put it there.
func (w *walker) sourceOfLeaf(one *leaf, node *yaml.Node) (Source, bool) {
	at := one.path
	if one.inline != nil {
		at = one.inline
	}
	isSetting := one.role == "transformer" || one.role == "generator" || one.inline != nil
	if isSetting && w.planner.moved.has(one.file, at) {
		return Source{}, false
	}
	source := Source{Role: one.role, File: one.file, Verbatim: one.literal == node.Value}
	if isSetting {
		at = w.planner.moved.original(one.file, at)
	}
	switch {
	case one.inline == nil:
		source.At = At{Kind: "path", Document: one.document, Path: at}
	case w.planner.isVerbatim(one.file, one.inline):
		source.At = At{Kind: "path", Path: at.join(one.path)}
		source.Verbatim = source.Verbatim && !strings.Contains(one.literal, "\n")
	default:
		source.At = At{Kind: "path", Path: at}
		source.Verbatim = false
	}
	return source, true
}

func (w *walker) sourceOf(f frame, verbatim bool) Source {
	if f.inline == nil {
		return Source{f.role, f.file, At{Kind: "path", Document: f.document, Path: f.path}, verbatim}
	}
	at := w.planner.moved.original(f.file, f.inline)
	if w.planner.isVerbatim(f.file, f.inline) {
		return Source{f.role, f.file, At{Kind: "path", Path: at.join(f.path)}, verbatim}
	}
	return Source{f.role, f.file, At{Kind: "path", Path: at}, false}
}

func (w *walker) put(at Path, sources []Source) {
	w.known[pathText(at)] = true
	w.fields = append(w.fields, Field{at, sources})
}
