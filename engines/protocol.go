// Command engines renders kustomizations and Helm charts for the editor: what it is asked, and what it answers.
package main

import "encoding/json"

// Request is a render: a kustomization's or a chart's, with the files that it may read.
type Request struct {
	Kind   string `json:"kind"`
	Folder string `json:"folder"`

	// Of a kustomization.
	Additions  string            `json:"additions"`
	Substitute map[string]string `json:"substitute"`

	// Of a chart.
	Release      string   `json:"release"`
	Namespace    string   `json:"namespace"`
	ValueFiles   []string `json:"valueFiles"`
	InlineValues []string `json:"inlineValues"`
	Set          []string `json:"set"`
	SetString    []string `json:"setString"`
	// Where each of both stands, as far as that is known.
	SetAt             []Setting `json:"setAt"`
	KubernetesVersion string    `json:"kubernetesVersion"`
	IncludeCrds       bool      `json:"includeCrds"`
}

// Setting is where a value is set by who asks for a chart.
type Setting struct {
	File     string `json:"file"`
	Document int    `json:"document"`
	Path     Path   `json:"path"`
}

// Options say how much of an answer is wanted.
type Options struct {
	// Origins asks where each field came from, which takes several renders.
	Origins bool `json:"origins"`
	// KeepSecrets leaves the data of Secrets in the text.
	KeepSecrets bool `json:"keepSecrets"`
}

// Files are the workspace's: paths relative to it, with '/'.
type Files map[string][]byte

// Path is a way into a YAML document: strings and integers.
type Path []any

// Position is zero-based; characters are UTF-16 code units.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Range is half-open.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// At is a path in a document, or a range of a text.
type At struct {
	Kind     string
	Document int
	Path     Path
	Range    *Range
}

// MarshalJSON writes what belongs to the kind; the whole document is an empty path.
func (a At) MarshalJSON() ([]byte, error) {
	if a.Kind == "range" {
		return json.Marshal(map[string]any{"kind": a.Kind, "range": a.Range})
	}
	return json.Marshal(map[string]any{"kind": a.Kind, "document": a.Document, "path": append(Path{}, a.Path...)})
}

// Source is a place that had a part in a field.
type Source struct {
	Role     string `json:"role"`
	File     string `json:"file"`
	At       At     `json:"at"`
	Verbatim bool   `json:"verbatim"`
}

// Field is a field of a rendered object with the places that it came from; the last one decided.
type Field struct {
	Path    Path     `json:"path"`
	Sources []Source `json:"sources"`
}

// ObjectSource is the file that an object as a whole comes from.
type ObjectSource struct {
	File     string `json:"file"`
	Document *int   `json:"document,omitempty"`
}

// Object is one document of the text.
type Object struct {
	Start  int           `json:"start"`
	End    int           `json:"end"`
	Source *ObjectSource `json:"source,omitempty"`
	Fields []Field       `json:"fields"`
}

// Unavailable is something that was left out.
type Unavailable struct {
	What string `json:"what"`
	File string `json:"file"`
	Path Path   `json:"path"`
}

// Place is where a render failed.
type Place struct {
	File  string `json:"file"`
	Range *Range `json:"range,omitempty"`
}

// Response is the answer beside the text.
type Response struct {
	Kind        string        `json:"kind"`
	Objects     []Object      `json:"objects"`
	Read        []string      `json:"read"`
	Unavailable []Unavailable `json:"unavailable"`
	Idle        []Idle        `json:"idle,omitempty"`
	Message     string        `json:"message,omitempty"`
	Place       *Place        `json:"place,omitempty"`
}

// announce gives a render before its origins are looked for: what is known if the search is stopped.
var announce = func(Response, string) {}

// whole has lists where there is nothing in them.
func (r Response) whole() Response {
	if r.Objects == nil {
		r.Objects = []Object{}
	}
	if r.Read == nil {
		r.Read = []string{}
	}
	if r.Unavailable == nil {
		r.Unavailable = []Unavailable{}
	}
	return r
}

// render answers a request; a panic of an engine is a failed render.
func render(request Request, options Options, files Files) (response Response, text string) {
	defer func() {
		if reason := recover(); reason != nil {
			response, text = Response{Kind: "failed", Message: panicMessage(reason)}, ""
		}
		response = response.whole()
	}()
	if request.Kind == "helm" {
		return renderChart(request, options, files)
	}
	return renderKustomization(request, options, files)
}
