package main

import (
	"encoding/hex"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Where the workspace stands in the engine's file system; it is taken out of messages again.
const root = "/workspace/"

// disk is the engine's file system: the given files, and a record of those that were asked for. kustomize's own file system in
// memory has no names with blanks, plus signs, letters of other alphabets and the like: there they are written in other letters.
type disk struct {
	memory filesys.FileSystem
	// Files that read otherwise than they were given.
	changed Files
	asked   map[string]bool
	filesys.FileSystem
}

func newDisk(files Files) *disk {
	memory := filesys.MakeFsInMemory()
	_ = memory.MkdirAll(strings.TrimSuffix(root, "/"))
	for name, content := range files {
		_ = memory.WriteFile(root+plainName(name), content)
	}
	return &disk{memory: memory, asked: map[string]bool{}, FileSystem: memory}
}

// with gives the same files of which some read otherwise.
func (d *disk) with(changed Files) *disk {
	return &disk{d.memory, changed, map[string]bool{}, d.memory}
}

// tried gives the same, and what is asked for there counts as asked for here.
func (d *disk) tried(changed Files) *disk {
	return &disk{d.memory, changed, d.asked, d.memory}
}

var unusual = regexp.MustCompile(`[^a-zA-Z0-9_.:/-]+`)
var written = regexp.MustCompile(`__u-([0-9a-f]+)__`)

// plainName writes a path in letters that every file system has; what is written so already stays.
func plainName(name string) string {
	return unusual.ReplaceAllStringFunc(name, func(part string) string { return "__u-" + hex.EncodeToString([]byte(part)) + "__" })
}

// realNames puts the names into a text again.
func realNames(text string) string {
	return written.ReplaceAllStringFunc(text, func(part string) string {
		name, err := hex.DecodeString(written.FindStringSubmatch(part)[1])
		if err != nil {
			return part
		}
		return string(name)
	})
}

// inWorkspace is a message with the workspace's own paths.
func inWorkspace(message string) string {
	return realNames(strings.ReplaceAll(message, root, ""))
}

func (d *disk) ReadFile(name string) ([]byte, error) {
	d.asked[name] = true
	if content, found := d.changed[realNames(strings.TrimPrefix(path.Clean(name), root))]; found {
		return content, nil
	}
	return d.memory.ReadFile(plainName(name))
}

// CleanedAbs is asked before a file is read; one that is missing counts too.
func (d *disk) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	folder, file, err := d.memory.CleanedAbs(plainName(name))
	if err != nil {
		d.asked[name] = true
	}
	return folder, file, err
}

func (d *disk) IsDir(name string) bool { return d.memory.IsDir(plainName(name)) }

func (d *disk) Exists(name string) bool { return d.memory.Exists(plainName(name)) }

func (d *disk) ReadDir(name string) ([]string, error) { return d.memory.ReadDir(plainName(name)) }

func (d *disk) Open(name string) (filesys.File, error) { return d.memory.Open(plainName(name)) }

func (d *disk) Walk(name string, walk filepath.WalkFunc) error {
	return d.memory.Walk(plainName(name), walk)
}

func (d *disk) read() []string {
	names := []string{}
	for name := range d.asked {
		if inside, found := strings.CutPrefix(path.Clean(name), root); found {
			names = append(names, realNames(inside))
		}
	}
	sort.Strings(names)
	return names
}
