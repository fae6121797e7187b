//go:build !js

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// For trials without a browser or Node: `go run . ROOT < call.json`, where ROOT's files are those that may be read.
func main() {
	log.SetOutput(io.Discard)
	var asked struct {
		Request Request `json:"request"`
		Options Options `json:"options"`
	}
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: engines ROOT < call.json")
		os.Exit(2)
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	files := Files{}
	root := os.Args[1]
	_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(path, "/.git/") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err == nil {
			relative, _ := filepath.Rel(root, path)
			files[filepath.ToSlash(relative)] = content
		}
		return nil
	})
	response, text := render(asked.Request, asked.Options, files)
	if asked.Options.Origins || response.Kind != "rendered" || len(response.Idle) > 0 {
		encoded, _ := json.MarshalIndent(response, "", " ")
		fmt.Fprintln(os.Stderr, string(encoded))
	}
	fmt.Print(text)
}
