package main

import (
	"path"

	"go.yaml.in/yaml/v3"
)

// additions tell which entries of the kustomization nobody has written into it: for each list, from which index on.
type additions struct {
	file string
	from map[string]int
	keys map[string]bool
	// The entries that were taken out, since they cannot be had here: by file and list, in their order.
	taken map[string][]int
}

// mergeAdditions writes what a deployment tool adds into the kustomization of the request's folder, as
// `kustomize edit` would: lists grow, images and replicas of the same name are replaced, all else is set.
func mergeAdditions(request Request, files Files) additions {
	added := additions{from: map[string]int{}, keys: map[string]bool{}, taken: map[string][]int{}}
	if request.Additions == "" {
		return added
	}
	var extra yaml.Node
	if yaml.Unmarshal([]byte(request.Additions), &extra) != nil || extra.Kind != yaml.DocumentNode || extra.Content[0].Kind != yaml.MappingNode {
		return added
	}
	one := readKustomization(files, request.Folder)
	if one == nil {
		file := path.Join(request.Folder, "kustomization.yaml")
		if _, unreadable := files[file]; unreadable {
			return added
		}
		one = &kustomization{file, cleanFolder(request.Folder), &yaml.Node{Kind: yaml.MappingNode}}
	}
	added.file = one.file
	addition := extra.Content[0]
	for i := 0; i+1 < len(addition.Content); i += 2 {
		key, content := addition.Content[i], addition.Content[i+1]
		existing := member(one.node, key.Value)
		switch {
		case existing == nil:
			added.from[key.Value] = 0
			added.keys[key.Value] = true
			one.node.Content = append(one.node.Content, key, content)
		case existing.Kind == yaml.SequenceNode && content.Kind == yaml.SequenceNode:
			added.from[key.Value] = len(existing.Content)
			for _, element := range content.Content {
				addElement(existing, element, key.Value)
			}
		case existing.Kind == yaml.MappingNode && content.Kind == yaml.MappingNode:
			for j := 0; j+1 < len(content.Content); j += 2 {
				removeKey(existing, content.Content[j].Value)
				existing.Content = append(existing.Content, content.Content[j], content.Content[j+1])
				added.keys[path.Join(key.Value, content.Content[j].Value)] = true
			}
		default:
			*existing = *content
			added.keys[key.Value] = true
		}
	}
	files[one.file] = encode(one.node)
	return added
}

func addElement(list, element *yaml.Node, key string) {
	if key == "images" || key == "replicas" {
		for i, existing := range list.Content {
			if value(existing, "name") == value(element, "name") {
				list.Content[i] = element
				return
			}
		}
	}
	list.Content = append(list.Content, element)
}

// has tells whether the place in a kustomization is there only since a deployment tool adds it.
func (a additions) has(file string, at Path) bool {
	if a.file != file || len(at) == 0 {
		return false
	}
	key, _ := at[0].(string)
	if a.keys[key] {
		return true
	}
	if len(at) < 2 {
		return false
	}
	if index, isIndex := at[1].(int); isIndex {
		from, grown := a.from[key]
		return grown && index >= from
	}
	inner, _ := at[1].(string)
	return a.keys[path.Join(key, inner)]
}

// original is the path as it is in the file that was given: entries that were taken out count again.
func (a additions) original(file string, at Path) Path {
	if len(at) < 2 {
		return at
	}
	key, _ := at[0].(string)
	index, isIndex := at[1].(int)
	if !isIndex {
		return at
	}
	for _, taken := range a.taken[file+"#"+key] {
		if taken <= index {
			index++
		}
	}
	return Path{key, index}.join(at[2:])
}
