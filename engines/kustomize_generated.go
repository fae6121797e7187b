package main

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// generated writes the entries of an object that a generator made: its own, and those of its data.
func (w *walker) generated(clean *yaml.Node) {
	origin := w.origins[w.index]
	if origin == nil || origin.ConfiguredIn == "" {
		return
	}
	list := map[string]string{"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}[value(clean, "kind")]
	name := hashSuffix.ReplaceAllString(value(member(clean, "metadata"), "name"), "")
	if list == "" {
		w.put(Path{}, []Source{{"generator", w.originFile(origin), At{Kind: "path", Path: Path{}}, false}})
		return
	}
	whole := []Source{}
	keys := map[string][]Source{}
	for _, layer := range w.planner.layers {
		for i, generator := range entries(layer.node, list) {
			if !strings.Contains(name, value(generator, "name")) {
				continue
			}
			at := Path{list, i}
			if w.planner.moved.has(layer.file, at) {
				continue
			}
			at = w.planner.moved.original(layer.file, at)
			whole = append(whole, Source{"generator", layer.file, At{Kind: "path", Path: at}, false})
			w.dataKeys(layer, generator, at, keys)
		}
	}
	if len(whole) == 0 {
		whole = []Source{{"generator", w.originFile(origin), At{Kind: "path", Path: Path{}}, false}}
	}
	w.put(Path{}, whole)
	for _, field := range []string{"data", "binaryData"} {
		data := member(clean, field)
		if data == nil || data.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(data.Content); i += 2 {
			if sources := keys[data.Content[i].Value]; sources != nil {
				w.put(Path{field, data.Content[i].Value}, sources)
			}
		}
	}
}

// dataKeys finds the entry of a generator behind each key of the data.
func (w *walker) dataKeys(layer *kustomization, generator *yaml.Node, at Path, keys map[string][]Source) {
	for j, entry := range entries(generator, "literals") {
		key, _, _ := strings.Cut(entry.Value, "=")
		keys[key] = []Source{{"generator", layer.file, At{Kind: "path", Path: at.with("literals").with(j)}, false}}
	}
	for j, entry := range entries(generator, "files") {
		key, name, named := strings.Cut(entry.Value, "=")
		if !named {
			key, name = path.Base(entry.Value), entry.Value
		}
		entrance := Source{"generator", layer.file, At{Kind: "path", Path: at.with("files").with(j)}, false}
		file := path.Join(layer.folder, name)
		keys[key] = []Source{entrance, {"generator", file, At{Kind: "range", Range: wholeRange(w.planner.files[file])}, false}}
	}
	files := entries(generator, "envs")
	if single := member(generator, "env"); single != nil {
		files = append(files, single)
	}
	for _, entry := range files {
		file := path.Join(layer.folder, entry.Value)
		for line, text := range strings.Split(string(w.planner.files[file]), "\n") {
			key, _, found := strings.Cut(strings.TrimSpace(text), "=")
			if found && !strings.HasPrefix(key, "#") {
				keys[key] = []Source{{"generator", file, At{Kind: "range", Range: lineRange(w.planner.files[file], line)}, false}}
			}
		}
	}
}

func wholeRange(content []byte) *Range {
	lines := strings.Split(string(content), "\n")
	return &Range{Position{0, 0}, Position{len(lines) - 1, utf16Length(lines[len(lines)-1])}}
}
