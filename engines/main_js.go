//go:build js

package main

import (
	"encoding/json"
	"io"
	"log"
	"runtime/debug"
	"syscall/js"
)

// The worker's call: what is wanted as JSON with the files' paths and lengths, and their contents one after the other.
type call struct {
	Request Request `json:"request"`
	Options Options `json:"options"`
	Files   []struct {
		Path   string `json:"path"`
		Length int    `json:"length"`
	} `json:"files"`
}

func main() {
	// A render leaves little behind: fewer collections while memory is plenty, more of them near the limit.
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(600 << 20)
	log.SetOutput(io.Discard)
	host := js.Global().Get("serviceTopologyEngines")
	host.Set("render", js.FuncOf(func(_ js.Value, args []js.Value) any {
		response, text := answer(args[0].String(), args[1])
		return []any{response, text}
	}))
	announce = func(response Response, text string) {
		if encoded, err := json.Marshal(response.whole()); err == nil {
			host.Call("announce", string(encoded), text)
		}
	}
	host.Call("ready")
	select {}
}

func answer(header string, contents js.Value) (string, string) {
	var asked call
	if err := json.Unmarshal([]byte(header), &asked); err != nil {
		return failure(err.Error()), ""
	}
	all := make([]byte, contents.Get("length").Int())
	js.CopyBytesToGo(all, contents)
	files := Files{}
	for _, file := range asked.Files {
		files[file.Path] = all[:file.Length:file.Length]
		all = all[file.Length:]
	}
	response, text := render(asked.Request, asked.Options, files)
	encoded, err := json.Marshal(response)
	if err != nil {
		return failure(err.Error()), ""
	}
	return string(encoded), text
}

func failure(message string) string {
	encoded, _ := json.Marshal(Response{Kind: "failed", Message: message, Objects: []Object{}, Read: []string{}, Unavailable: []Unavailable{}})
	return string(encoded)
}
