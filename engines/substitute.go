package main

import (
	"fmt"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"go.yaml.in/yaml/v3"
)

const noSubstitution = "kustomize.toolkit.fluxcd.io/substitute"

// substituteDocuments replaces variables in each document as Flux does, but where a label or annotation forbids it.
func substituteDocuments(documents []document, variables map[string]string) ([]document, error) {
	substituted := make([]document, len(documents))
	for i, one := range documents {
		substituted[i] = one
		if forbidsSubstitution(one.content) || !strings.Contains(one.content, "$") {
			continue
		}
		content, err := envsubst.Eval(one.content, func(name string) (string, bool) {
			text, found := variables[name]
			return text, found
		})
		if err != nil {
			return nil, fmt.Errorf("variable substitution failed: %w", err)
		}
		substituted[i].content = content
	}
	return substituted, nil
}

func forbidsSubstitution(content string) bool {
	if !strings.Contains(content, noSubstitution) {
		return false
	}
	var node yaml.Node
	if yaml.Unmarshal([]byte(content), &node) != nil || node.Kind != yaml.DocumentNode {
		return false
	}
	metadata := member(node.Content[0], "metadata")
	return value(member(metadata, "labels"), noSubstitution) == "disabled" ||
		value(member(metadata, "annotations"), noSubstitution) == "disabled"
}
