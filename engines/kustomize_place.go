package main

// kustomizePlace finds where a kustomization fails.
func kustomizePlace(request Request, files Files, message string) *Place { return nil }
