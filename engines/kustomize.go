package main

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// renderKustomization prints what `kustomize build FOLDER` prints, without what cannot be had here.
func renderKustomization(request Request, options Options, files Files) (Response, string) {
	given := files
	files, unavailable, added := prepare(request, given)
	disk := newDisk(files)
	resources, err := build(disk, request.Folder)
	if err != nil {
		message := inWorkspace(err.Error())
		place := kustomizePlace(request, disk, files, given, added, message)
		return Response{Kind: "failed", Message: message, Read: disk.read(), Unavailable: unavailable, Place: place}, ""
	}
	read := disk.read()
	documents, err := kustomizeDocuments(resources)
	if err != nil {
		return Response{Kind: "failed", Message: err.Error(), Read: read, Unavailable: unavailable}, ""
	}
	if request.Substitute != nil {
		if documents, err = substituteDocuments(documents, request.Substitute); err != nil {
			return Response{Kind: "failed", Message: err.Error(), Read: read, Unavailable: unavailable}, ""
		}
	}
	text, objects, from := printDocuments(documents, options)
	response := Response{Kind: "rendered", Objects: objects, Read: read, Unavailable: unavailable}
	// What is not here might be what they select.
	if len(unavailable) == 0 {
		response.Idle = idleEntries(request, disk, files, added, resources)
	}
	if options.Origins {
		announce(response, text)
		traced := traceKustomization(request, disk, files, given, added, documents)
		for i := range objects {
			objects[i].Source, objects[i].Fields = traced(from[i])
		}
	}
	return response, text
}

// build runs kustomize as `kustomize build` does, without plugins and with the same restriction on what may be read.
func build(disk *disk, folder string) (resmap.ResMap, error) {
	defer forgetSchema()
	options := krusty.MakeDefaultOptions()
	// As the command line has it: the kustomization's own order, else the usual one by kinds.
	options.Reorder = krusty.ReorderOptionUnspecified
	return krusty.MakeKustomizer(options).Run(disk, path.Join(root, plainName(folder)))
}

// forgetSchema takes back the schema that a kustomization has set: kustomize keeps it for the next run.
func forgetSchema() {
	if openapi.GetSchemaVersion() != usualSchema {
		openapi.ResetOpenAPI()
	}
}

var usualSchema = openapi.GetSchemaVersion()

// kustomizeDocuments are the resources as kustomize prints them.
func kustomizeDocuments(resources resmap.ResMap) ([]document, error) {
	documents := []document{}
	for i, one := range resources.Resources() {
		content, err := one.AsYAML()
		if err != nil {
			return nil, err
		}
		head := "---\n"
		if i == 0 {
			head = ""
		}
		documents = append(documents, document{head: head, content: realNames(string(content))})
	}
	return documents, nil
}

// A kustomization file with what it says.
type kustomization struct {
	file   string
	folder string
	node   *yaml.Node
}

// readKustomization reads the kustomization of a folder; nil where there is none that can be read.
func readKustomization(files Files, folder string) *kustomization {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(folder, name)
		content, found := files[file]
		if !found {
			continue
		}
		var node yaml.Node
		if yaml.Unmarshal(content, &node) != nil || node.Kind != yaml.DocumentNode || node.Content[0].Kind != yaml.MappingNode {
			return nil
		}
		return &kustomization{file, folder, node.Content[0]}
	}
	return nil
}

// closure is the kustomization of a folder and all that it is built on, those below it first.
func closure(files Files, folder string) []*kustomization {
	found := []*kustomization{}
	visited := map[string]bool{}
	var visit func(string)
	visit = func(folder string) {
		folder = cleanFolder(folder)
		if visited[folder] {
			return
		}
		visited[folder] = true
		one := readKustomization(files, folder)
		if one == nil {
			return
		}
		for _, key := range []string{"resources", "bases", "components", "generators", "transformers"} {
			for _, entry := range entries(one.node, key) {
				if entry.Kind == yaml.ScalarNode && !strings.Contains(entry.Value, "\n") {
					visit(path.Join(folder, entry.Value))
				}
			}
		}
		found = append(found, one)
	}
	visit(folder)
	return found
}

func cleanFolder(folder string) string {
	folder = path.Clean(folder)
	if folder == "." {
		return ""
	}
	return strings.TrimPrefix(folder, "/")
}

// entries are the elements of a list.
func entries(node *yaml.Node, key string) []*yaml.Node {
	list := member(node, key)
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	elements := make([]*yaml.Node, len(list.Content))
	for i, element := range list.Content {
		elements[i] = resolved(element)
	}
	return elements
}

var remote = regexp.MustCompile(`^([a-z][a-z0-9+.-]*:|[^/]*@[^/]*:|(www\.)?github\.com[/:]|gitlab\.com/|bitbucket\.org/)|\?(ref|version|timeout|submodules)=|\.git(/|$|\?)|_git/`)

// prepare merges what a deployment tool adds, and takes out what cannot be had here: it is named with its place.
func prepare(request Request, given Files) (Files, []Unavailable, additions) {
	files := Files{}
	for name, content := range given {
		files[name] = content
	}
	added := mergeAdditions(request, files)
	unavailable := []Unavailable{}
	for _, one := range closure(files, request.Folder) {
		taken := takeOut(one, files)
		if len(taken) == 0 {
			continue
		}
		unavailable = append(unavailable, taken...)
		for _, out := range taken {
			if index, isIndex := out.Path[1].(int); isIndex {
				key, _ := out.Path[0].(string)
				added.taken[one.file+"#"+key] = append(added.taken[one.file+"#"+key], index)
			}
		}
		files[one.file] = encode(one.node)
	}
	return files, unavailable, added
}

func encode(node *yaml.Node) []byte {
	var buffer bytes.Buffer
	encoder := yaml.NewEncoder(&buffer)
	encoder.SetIndent(2)
	_ = encoder.Encode(node)
	return buffer.Bytes()
}

// takeOut removes remote bases and files, plugins and charts from a kustomization.
func takeOut(one *kustomization, files Files) []Unavailable {
	taken := []Unavailable{}
	filter := func(key string, reason func(*yaml.Node) string) {
		list := member(one.node, key)
		if list == nil || list.Kind != yaml.SequenceNode {
			return
		}
		kept := []*yaml.Node{}
		for i, element := range list.Content {
			if what := reason(resolved(element)); what != "" {
				taken = append(taken, Unavailable{what, one.file, Path{key, i}})
			} else {
				kept = append(kept, element)
			}
		}
		list.Content = kept
	}
	isRemote := func(entry *yaml.Node) string {
		if entry.Kind != yaml.ScalarNode || strings.Contains(entry.Value, "\n") || !remote.MatchString(entry.Value) {
			return ""
		}
		if _, there := files[path.Join(one.folder, entry.Value)]; there || readKustomization(files, path.Join(one.folder, entry.Value)) != nil {
			return ""
		}
		return entry.Value
	}
	for _, key := range []string{"resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge"} {
		filter(key, isRemote)
	}
	for _, key := range []string{"patches", "patchesJson6902", "replacements"} {
		filter(key, func(entry *yaml.Node) string {
			if file := member(entry, "path"); file != nil {
				return isRemote(file)
			}
			return ""
		})
	}
	for _, key := range []string{"generators", "transformers", "validators"} {
		filter(key, func(entry *yaml.Node) string { return foreignPlugin(one, entry, files) })
	}
	filter("helmCharts", func(entry *yaml.Node) string { return "Helm chart " + value(entry, "name") })
	filter("helmChartInflationGenerator", func(entry *yaml.Node) string { return "Helm chart " + value(entry, "chartName") })
	if api := member(member(one.node, "openapi"), "path"); api != nil && isRemote(api) != "" {
		taken = append(taken, Unavailable{api.Value, one.file, Path{"openapi", "path"}})
		removeKey(one.node, "openapi")
	}
	return taken
}

func value(node *yaml.Node, key string) string {
	if found := member(node, key); found != nil {
		return found.Value
	}
	return ""
}

func removeKey(node *yaml.Node, key string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content = append(node.Content[:i], node.Content[i+2:]...)
			return
		}
	}
}

// foreignPlugin names a plugin that is a program or a container: kustomize's own are part of it.
func foreignPlugin(one *kustomization, entry *yaml.Node, files Files) string {
	if entry.Kind != yaml.ScalarNode {
		return ""
	}
	content := []byte(entry.Value)
	if !strings.Contains(entry.Value, "\n") {
		if remote.MatchString(entry.Value) {
			return entry.Value
		}
		found, there := files[path.Join(one.folder, entry.Value)]
		if !there {
			return ""
		}
		content = found
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var config struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string `yaml:"kind"`
			Metadata   struct {
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"metadata"`
		}
		if decoder.Decode(&config) != nil {
			return ""
		}
		_, function := config.Metadata.Annotations["config.kubernetes.io/function"]
		isChart := config.Kind == "HelmChartInflationGenerator"
		if config.Kind != "" && (config.APIVersion != "builtin" || function || isChart) {
			return "plugin " + config.Kind
		}
	}
}
