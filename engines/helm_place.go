package main

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/releaseutil"
	helmyaml "sigs.k8s.io/yaml"
)

var templatePlace = regexp.MustCompile(`\(?([^\s():]+/(?:templates|charts|crds)/[^\s():]+?)(?::(\d+))?(?::(\d+))?\)?[:\s]`)
var parseFailure = regexp.MustCompile(`YAML parse error on ([^\s:]+)`)
var valuesFailure = regexp.MustCompile(`failed to parse ([^\s:]+)`)
var yamlLine = regexp.MustCompile(`line (\d+)`)

// Before the names of the dependencies that are not there.
const missingCharts = "missing in charts/ directory: "

// chartPlace reads the place of a failure from the engine's words.
func chartPlace(request Request, files Files, err error) *Place {
	message := err.Error() + " "
	if found := parseFailure.FindStringSubmatch(message); found != nil {
		if file := chartFile(request, files, found[1]); file != "" {
			return &Place{File: file}
		}
	}
	if found := valuesFailure.FindStringSubmatch(message); found != nil {
		if _, there := files[found[1]]; there {
			return &Place{File: found[1], Range: messageLine(message)}
		}
	}
	// The innermost template that is named last is where it went wrong.
	var place *Place
	for _, found := range templatePlace.FindAllStringSubmatch(message, -1) {
		file := chartFile(request, files, found[1])
		if file == "" {
			continue
		}
		place = &Place{File: file}
		if found[2] != "" {
			line, _ := strconv.Atoi(found[2])
			place.Range = lineRange(files[file], line-1)
		}
	}
	if place != nil {
		return place
	}
	prefix := folderPrefix(request.Folder)
	if _, missing, found := strings.Cut(err.Error(), missingCharts); found {
		return &Place{File: prefix + "Chart.yaml", Range: dependencyNamed(files[prefix+"Chart.yaml"], missing)}
	}
	if strings.Contains(message, "values.yaml") {
		return &Place{File: prefix + "values.yaml", Range: messageLine(message)}
	}
	return &Place{File: prefix + "Chart.yaml", Range: messageLine(message)}
}

// dependencyNamed is the line that names the first of the dependencies that are not there; nil where none does.
func dependencyNamed(content []byte, missing string) *Range {
	name, _, _ := strings.Cut(missing, ", ")
	for _, one := range documentsOf(content) {
		for _, dependency := range entries(one.node, "dependencies") {
			if named := member(dependency, "name"); named != nil && named.Value == strings.TrimSpace(name) {
				return lineRange(content, one.line+named.Line-1)
			}
		}
	}
	return nil
}

// messageLine is the line that the YAML reader names: from zero where it missed something, from one otherwise.
func messageLine(message string) *Range {
	found := yamlLine.FindStringSubmatch(message)
	if found == nil {
		return nil
	}
	line, _ := strconv.Atoi(found[1])
	if !strings.Contains(message, "did not find expected") {
		line--
	}
	return &Range{Position{line, 0}, Position{line + 1, 0}}
}

// placeOfBadYaml leads a line of an output that is no YAML to the template's line; nil where it cannot.
func placeOfBadYaml(request Request, files Files, loaded *loadedChart, outputs map[string]string, failure error) *Place {
	found := parseFailure.FindStringSubmatch(failure.Error())
	if found == nil {
		return nil
	}
	name := found[1]
	pieces := releaseutil.SplitManifests(outputs[name])
	keys := make([]string, 0, len(pieces))
	for key := range pieces {
		keys = append(keys, key)
	}
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	t := markChart(request, files, loaded, outputs)
	searched := 0
	for _, key := range keys {
		content := pieces[key]
		at := strings.Index(outputs[name][searched:], content)
		if at < 0 {
			return nil
		}
		at += searched
		searched = at + len(content)
		var head releaseutil.SimpleHead
		err := helmyaml.Unmarshal([]byte(content), &head)
		if err == nil {
			continue
		}
		line := messageLine(err.Error())
		stretches, known := t.stretches[name]
		if line == nil || !known {
			return nil
		}
		starts := lineStarts(content)
		begin := starts[min(line.Start.Line, len(starts)-1)]
		for begin < len(content) && (content[begin] == ' ' || content[begin] == '\n') {
			begin++
		}
		w := &chartWalker{chartTracer: t, source: name, content: content, starts: starts, offset: at, stretches: stretches, texts: map[string][]int{}}
		sources := w.templates(begin, begin+1, false)
		if len(sources) == 0 {
			return nil
		}
		last := sources[len(sources)-1]
		return &Place{File: last.File, Range: last.At.Range}
	}
	return nil
}

var executionFailure = regexp.MustCompile(`execution error at \(([^\s():]+):(\d+):(\d+)\)`)

// placeOfRequired leads from an action that demands a value (`required`, `fail`) to the file that sets that value to nothing;
// nil where no file does.
func placeOfRequired(request Request, files Files, loaded *loadedChart, failure error) *Place {
	found := executionFailure.FindStringSubmatch(failure.Error())
	if found == nil {
		return nil
	}
	t := newTracer(request, files, loaded)
	text := t.sketch.texts[found[1]]
	line, _ := strconv.Atoi(found[2])
	column, _ := strconv.Atoi(found[3])
	starts := lineStarts(text)
	if line < 1 || line > len(starts) {
		return nil
	}
	at := starts[line-1] + column
	t.sketch.marked(found[1], func(string) bool { return true })
	w := &chartWalker{chartTracer: t, source: found[1]}
	for _, one := range t.sketch.spots {
		if one.isText || at < one.start || at >= one.end {
			continue
		}
		for _, read := range one.reads {
			if read[0] != "Values" || slices.Contains(read, any("*")) {
				continue
			}
			if place := w.valueAt(read[1:]); place != nil && place.node.Content == nil && isEmpty(place.node) {
				return &Place{File: place.file, Range: rangeIn(files, additions{}, place.file, place.path)}
			}
		}
	}
	return nil
}
