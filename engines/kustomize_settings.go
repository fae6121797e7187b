package main

import "go.yaml.in/yaml/v3"

// planSettings plans what a kustomization sets by itself.
func (p *planner) planSettings(layer *kustomization) {
	setting := func(at Path, role string) {
		node := nodeAt(layer.node, at)
		if node == nil || node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
			return
		}
		p.addSetting(layer, at, role, node, appendMark)
	}
	maps := func(at Path, role string) {
		held := nodeAt(layer.node, at)
		if held == nil || held.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(held.Content); i += 2 {
			setting(at.with(held.Content[i].Value), role)
		}
	}
	for _, key := range []string{"namespace", "namePrefix", "nameSuffix"} {
		setting(Path{key}, "transformer")
	}
	maps(Path{"commonLabels"}, "transformer")
	maps(Path{"commonAnnotations"}, "transformer")
	maps(Path{"generatorOptions", "labels"}, "generator")
	maps(Path{"generatorOptions", "annotations"}, "generator")
	for i := range entries(layer.node, "labels") {
		maps(Path{"labels", i, "pairs"}, "transformer")
	}
	for i, image := range entries(layer.node, "images") {
		for _, key := range []string{"newName", "newTag", "digest"} {
			if member(image, key) != nil {
				setting(Path{"images", i, key}, "transformer")
			}
		}
	}
	for i, replica := range entries(layer.node, "replicas") {
		if count := member(replica, "count"); count != nil {
			p.addSetting(layer, Path{"replicas", i, "count"}, "transformer", count, numberMark)
		}
	}
	for _, key := range []string{"configMapGenerator", "secretGenerator"} {
		for i, generator := range entries(layer.node, key) {
			for j := range entries(generator, "literals") {
				setting(Path{key, i, "literals", j}, "generator")
			}
			maps(Path{key, i, "options", "labels"}, "generator")
			maps(Path{key, i, "options", "annotations"}, "generator")
		}
	}
}

func (p *planner) addSetting(layer *kustomization, at Path, role string, node *yaml.Node, mark func(*yaml.Node, int)) {
	first, _ := at[0].(string)
	p.leaves = append(p.leaves, leaf{id: len(p.leaves) + 1, file: layer.file, path: at, role: role,
		group: layer.file + "#" + first, literal: node.Value, mark: mark})
}
