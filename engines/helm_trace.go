package main

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/template/parse"

	"go.yaml.in/yaml/v3"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/engine"
)

// A stretch of a rendered file with the spots that it came from: the outermost action first, the text or action itself last.
type stretch struct {
	start, end int
	spots      []int
}

// A chartTracer finds where the fields of a chart's objects came from.
type chartTracer struct {
	request Request
	reader
	loaded    *loadedChart
	sketch    *sketch
	stretches map[string][]stretch
	values    []valueFile
}

// A valueFile is a file that sets values, with the chart below which its values stand.
type valueFile struct {
	file  string
	below Path
	node  *yaml.Node
}

// traceChart renders the chart again with marks in its templates. A file counts where its marked output is the same but for
// the marks; where it is not, fewer templates are marked.
func traceChart(request Request, files Files, loaded *loadedChart, outputs map[string]string, documents []document) func(int) []Field {
	t := markChart(request, files, loaded, outputs)
	offsets := t.offsets(outputs, documents)
	return func(i int) []Field { return t.fieldsOf(documents[i], offsets[i]) }
}

// markChart finds which stretch of each output came from where.
func markChart(request Request, files Files, loaded *loadedChart, outputs map[string]string) *chartTracer {
	t := newTracer(request, files, loaded)
	s := t.sketch
	stages := []func(define, file string) bool{
		func(define, file string) bool { return !s.isUsed(define, file) },
		func(define, file string) bool { return define == file && s.isUsed(define, file) },
		func(define, file string) bool { return define == file },
	}
	for _, stage := range stages {
		if len(t.stretches) < len(outputs) {
			t.run(outputs, stage)
		}
	}
	return t
}

// newTracer reads the chart's templates and values.
func newTracer(request Request, files Files, loaded *loadedChart) *chartTracer {
	t := &chartTracer{request: request, reader: newReader(files), loaded: loaded, stretches: map[string][]stretch{}}
	t.sketch = &sketch{used: map[string]bool{}, trees: map[string]map[string]*parse.Tree{}, texts: map[string]string{}, files: map[string]string{}}
	eachTemplate(loaded.chart, func(name string, template *chart.File) {
		if file := chartFile(request, files, name); file != "" {
			t.sketch.parseTemplate(name, file, string(template.Data))
		}
	})
	t.sketch.spread()
	t.values = t.valueFiles()
	return t
}

func eachTemplate(loaded *chart.Chart, call func(name string, template *chart.File)) {
	for _, template := range loaded.Templates {
		call(loaded.ChartFullPath()+"/"+template.Name, template)
	}
	for _, dependency := range loaded.Dependencies() {
		eachTemplate(dependency, call)
	}
}

// run renders with the marks of one stage, and keeps what it tells of files that are not known yet.
func (t *chartTracer) run(outputs map[string]string, wanted func(define, file string) bool) {
	original := map[*chart.File][]byte{}
	eachTemplate(t.loaded.chart, func(name string, template *chart.File) {
		original[template] = template.Data
		if t.sketch.trees[name] != nil {
			template.Data = []byte(t.sketch.marked(name, func(define string) bool { return wanted(define, name) }))
		}
	})
	rendered, err := new(engine.Engine).Render(t.loaded.chart, t.loaded.values)
	for template, data := range original {
		template.Data = data
	}
	if err != nil {
		return
	}
	for name, text := range rendered {
		// A file that bore no marks tells nothing by being the same.
		if _, known := t.stretches[name]; known || !wanted(name, name) {
			continue
		}
		plain, stretches := readMarks(text)
		if plain != outputs[name] {
			stretches = aligned(plain, outputs[name], stretches)
		}
		if stretches != nil {
			t.stretches[name] = stretches
		}
	}
}

// aligned moves stretches of one text to another of which some lines differ, as those with random values do; nil where too
// many differ for the same text.
func aligned(from, to string, stretches []stretch) []stretch {
	old, new := strings.SplitAfter(from, "\n"), strings.SplitAfter(to, "\n")
	if len(old) != len(new) {
		return nil
	}
	moved := []stretch{}
	index, start, target, differing := 0, 0, 0, 0
	for i, line := range old {
		same := commonPrefix(line, new[i])
		if line != new[i] {
			differing++
		}
		for index < len(stretches) && stretches[index].end <= start {
			index++
		}
		for j := index; j < len(stretches) && stretches[j].start < start+len(line); j++ {
			begin, end := max(stretches[j].start-start, 0), min(stretches[j].end-start, len(line))
			// What is behind the first difference came from where that came from.
			if end > same {
				end = len(new[i])
			}
			if begin < end {
				moved = append(moved, stretch{target + begin, target + end, stretches[j].spots})
			}
			if end == len(new[i]) {
				break
			}
		}
		start += len(line)
		target += len(new[i])
	}
	if differing*2 > len(old) {
		return nil
	}
	return moved
}

func commonPrefix(first, second string) int {
	at := 0
	for at < len(first) && at < len(second) && first[at] == second[at] {
		at++
	}
	return at
}

// Marks as they are printed, and as quoting escapes them.
var anyMark = regexp.MustCompile("^(?:[\ue000\ue002]|\\\\ue00[02])((?:[\ue010-\ue01f]|\\\\ue01[0-9a-f])+)(?:\ue001|\\\\ue001)|^\ue003|^\\\\ue003")

// readMarks takes the marks out of a rendered file, and tells which stretch came from where.
func readMarks(text string) (string, []stretch) {
	var plain strings.Builder
	stretches := []stretch{}
	type level struct{ action, text int }
	stack := []level{{-1, -1}}
	write := func(part string) {
		if part == "" {
			return
		}
		spots := []int{}
		for _, one := range stack {
			if one.action >= 0 {
				spots = append(spots, one.action)
			}
			if one.text >= 0 {
				spots = append(spots, one.text)
			}
		}
		start := plain.Len()
		plain.WriteString(part)
		stretches = append(stretches, stretch{start, plain.Len(), spots})
	}
	last := 0
	for at := nextMark(text, 0); at >= 0; at = nextMark(text, at) {
		found := anyMark.FindString(text[at:])
		if found == "" {
			at++
			continue
		}
		write(text[last:at])
		at += len(found)
		last = at
		mark := unescape.Replace(found)
		if strings.HasPrefix(mark, string(actionEnd)) {
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			continue
		}
		_, ids := unmark(strings.Replace(mark, string(actionStart), string(markStart), 1))
		if len(ids) == 0 {
			continue
		}
		top := &stack[len(stack)-1]
		top.text = -1
		if strings.HasPrefix(mark, string(actionStart)) {
			stack = append(stack, level{ids[0], -1})
		} else {
			top.text = ids[0]
		}
	}
	write(text[last:])
	return plain.String(), stretches
}

// nextMark is where a mark may begin, from an offset on: all of them are of one block of characters.
func nextMark(text string, from int) int {
	for at := from; at < len(text); at++ {
		if (text[at] == '\xee' && strings.HasPrefix(text[at:], "\xee\x80")) || (text[at] == '\\' && strings.HasPrefix(text[at:], `\ue00`)) {
			return at
		}
	}
	return -1
}

var unescape = func() *strings.Replacer {
	pairs := []string{}
	for _, char := range "\ue000\ue001\ue002\ue003\ue010\ue011\ue012\ue013\ue014\ue015\ue016\ue017\ue018\ue019\ue01a\ue01b\ue01c\ue01d\ue01e\ue01f" {
		pairs = append(pairs, escaped(char), string(char))
	}
	return strings.NewReplacer(pairs...)
}()

// offsets finds each document in its file's output.
func (t *chartTracer) offsets(outputs map[string]string, documents []document) []int {
	taken := map[string][]int{}
	offsets := make([]int, len(documents))
	// Longer ones first: a short one may stand within a longer one as well.
	order := make([]int, len(documents))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return len(documents[order[a]].content) > len(documents[order[b]].content) })
	for _, i := range order {
		one := documents[i]
		offsets[i] = -1
		content := strings.TrimSpace(one.content)
		if content == "" {
			continue
		}
		lead := strings.Index(one.content, content)
		for from := 0; ; {
			at := strings.Index(outputs[one.source][from:], content)
			if at < 0 {
				break
			}
			at += from
			if free(taken[one.source], at, len(content)) {
				offsets[i] = at - lead
				taken[one.source] = append(taken[one.source], at, at+len(content))
				break
			}
			from = at + 1
		}
	}
	return offsets
}

func free(taken []int, at, length int) bool {
	for i := 0; i+1 < len(taken); i += 2 {
		if at < taken[i+1] && taken[i] < at+length {
			return false
		}
	}
	return true
}

// valueFiles are the files that set values, the strongest first.
func (t *chartTracer) valueFiles() []valueFile {
	found := []valueFile{}
	add := func(file string, below Path) {
		parts := t.documents(file)
		if len(parts) > 0 && parts[0].node != nil {
			found = append(found, valueFile{file, below, parts[0].node})
		}
	}
	for i := len(t.request.ValueFiles) - 1; i >= 0; i-- {
		add(t.request.ValueFiles[i], Path{})
	}
	var charts func(one *chart.Chart, below Path)
	charts = func(one *chart.Chart, below Path) {
		// A chart's own values stand beside its templates.
		if file := chartFile(t.request, t.files, one.ChartFullPath()+"/values.yaml"); file != "" {
			add(file, below)
		}
		for _, dependency := range one.Dependencies() {
			charts(dependency, below.with(dependency.Name()))
		}
	}
	charts(t.loaded.chart, Path{})
	return found
}

func escaped(char rune) string { return "\\u" + strconv.FormatInt(int64(char), 16) }
