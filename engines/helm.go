package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/pkg/errors"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/ignore"
	"helm.sh/helm/v3/pkg/releaseutil"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

const notesFile = "NOTES.txt"

// A chart that is loaded, with the values for its templates: what `helm template` has before it renders.
type loadedChart struct {
	chart  *chart.Chart
	values chartutil.Values
	caps   *chartutil.Capabilities
}

// renderChart prints what `helm template RELEASE FOLDER` prints.
func renderChart(request Request, options Options, files Files) (Response, string) {
	read := chartRead(request, files)
	loaded, err := loadChart(request, files)
	if err != nil {
		return Response{Kind: "failed", Message: err.Error(), Place: chartPlace(request, files, err), Read: read}, ""
	}
	outputs, err := new(engine.Engine).Render(loaded.chart, loaded.values)
	if err != nil {
		place := placeOfRequired(request, files, loaded, err)
		if place == nil {
			place = chartPlace(request, files, err)
		}
		return Response{Kind: "failed", Message: err.Error(), Place: place, Read: read}, ""
	}
	documents, err := chartDocuments(loaded.chart, outputs, request.IncludeCrds)
	if err != nil {
		place := placeOfBadYaml(request, files, loaded, outputs, err)
		if place == nil {
			place = chartPlace(request, files, err)
		}
		return Response{Kind: "failed", Message: err.Error(), Place: place, Read: read}, ""
	}
	text, objects, from := printDocuments(documents, options)
	for i := range objects {
		objects[i].Source = chartSource(request, files, documents[from[i]].source)
	}
	response := Response{Kind: "rendered", Objects: objects, Read: read}
	if options.Origins {
		announce(response, text)
		traced := traceChart(request, files, loaded, outputs, documents)
		for i := range objects {
			objects[i].Fields = traced(from[i])
		}
	}
	return response, text
}

// loadChart does what `helm template` does before it renders, with its messages.
func loadChart(request Request, files Files) (*loadedChart, error) {
	values, err := mergeValues(request, files)
	if err != nil {
		return nil, err
	}
	buffered, err := chartFiles(request.Folder, files)
	if err != nil {
		return nil, err
	}
	loaded, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, err
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return nil, errors.Errorf("%s charts are not installable", kind)
	}
	if missing := missingDependencies(loaded); len(missing) > 0 {
		return nil, errors.Errorf("An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but "+missingCharts+"%s", strings.Join(missing, ", "))
	}
	if err := chartutil.ValidateReleaseName(request.Release); err != nil {
		return nil, errors.Wrapf(err, "release name %q", request.Release)
	}
	if err := chartutil.ProcessDependenciesWithMerge(loaded, values); err != nil {
		return nil, err
	}
	caps := chartutil.DefaultCapabilities.Copy()
	if request.KubernetesVersion != "" {
		version, err := chartutil.ParseKubeVersion(request.KubernetesVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %s", request.KubernetesVersion, err)
		}
		caps.KubeVersion = *version
	}
	release := chartutil.ReleaseOptions{Name: request.Release, Namespace: request.Namespace, Revision: 1, IsInstall: true}
	prepared, err := chartutil.ToRenderValuesWithSchemaValidation(loaded, values, release, caps, false)
	if err != nil {
		return nil, err
	}
	if wanted := loaded.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, caps.KubeVersion.String()) {
		return nil, errors.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, caps.KubeVersion.String())
	}
	return &loadedChart{loaded, prepared, caps}, nil
}

// mergeValues takes the value files in their order, then the inline values, then `--set`.
func mergeValues(request Request, files Files) (map[string]any, error) {
	base := map[string]any{}
	merge := func(name string, content []byte) error {
		current := map[string]any{}
		if err := yaml.Unmarshal(content, &current); err != nil {
			return errors.Wrapf(err, "failed to parse %s", name)
		}
		base = mergeMaps(base, current)
		return nil
	}
	for _, name := range request.ValueFiles {
		content, found := files[name]
		if !found {
			return nil, errors.Errorf("open %s: no such file or directory", name)
		}
		if err := merge(name, content); err != nil {
			return nil, err
		}
	}
	for _, text := range request.InlineValues {
		if err := merge("inline values", []byte(text)); err != nil {
			return nil, err
		}
	}
	for _, setting := range request.Set {
		if err := strvals.ParseInto(setting, base); err != nil {
			return nil, errors.Wrap(err, "failed parsing --set data")
		}
	}
	for _, setting := range request.SetString {
		if err := strvals.ParseIntoString(setting, base); err != nil {
			return nil, errors.Wrap(err, "failed parsing --set-string data")
		}
	}
	return base, nil
}

// mergeMaps lets the second win, map by map; a null stays, since it takes a chart's default away.
func mergeMaps(first, second map[string]any) map[string]any {
	merged := make(map[string]any, len(first))
	for key, value := range first {
		merged[key] = value
	}
	for key, value := range second {
		inner, isMap := value.(map[string]any)
		outer, wasMap := merged[key].(map[string]any)
		if isMap && wasMap {
			merged[key] = mergeMaps(outer, inner)
		} else {
			merged[key] = value
		}
	}
	return merged
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// chartFiles are the files of the folder as Helm's loader of folders takes them: without what .helmignore names.
func chartFiles(folder string, files Files) ([]*loader.BufferedFile, error) {
	rules := ignore.Empty()
	prefix := folderPrefix(folder)
	if content, found := files[prefix+ignore.HelmIgnore]; found {
		parsed, err := ignore.Parse(bytes.NewReader(content))
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	rules.AddDefaults()
	buffered := []*loader.BufferedFile{}
	ignored := map[string]bool{}
	for _, name := range below(prefix, files) {
		relative := strings.TrimPrefix(name, prefix)
		if isIgnored(rules, ignored, relative) {
			continue
		}
		content := files[name]
		if int64(len(content)) > loader.MaxDecompressedFileSize {
			return nil, fmt.Errorf("chart file %q is larger than the maximum file size %d", path.Base(name), loader.MaxDecompressedFileSize)
		}
		content = bytes.TrimPrefix(content, byteOrderMark)
		buffered = append(buffered, &loader.BufferedFile{Name: relative, Data: content})
	}
	return buffered, nil
}

// isIgnored asks for each folder on the way first: below an ignored one nothing counts.
func isIgnored(rules *ignore.Rules, known map[string]bool, relative string) bool {
	for at, char := range relative {
		if char != '/' {
			continue
		}
		folder := relative[:at]
		skip, asked := known[folder]
		if !asked {
			skip = rules.Ignore(folder, entry{path.Base(folder), true})
			known[folder] = skip
		}
		if skip {
			return true
		}
	}
	return rules.Ignore(relative, entry{path.Base(relative), false})
}

// entry tells the rules what they ask of a file.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string { return e.name }
func (e entry) Size() int64  { return 0 }
func (e entry) Mode() os.FileMode {
	if e.folder {
		return os.ModeDir
	}
	return 0
}
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.folder }
func (e entry) Sys() any           { return nil }

func missingDependencies(loaded *chart.Chart) []string {
	missing := []string{}
	for _, wanted := range loaded.Metadata.Dependencies {
		found := false
		for _, there := range loaded.Dependencies() {
			found = found || there.Name() == wanted.Name
		}
		if !found {
			missing = append(missing, wanted.Name)
		}
	}
	return missing
}

// A document of the output with the template that it came from; `content` is what stands under its "# Source:" line.
type document struct {
	source  string
	content string
	// What stands before the content: the separator and the comment.
	head string
	// What stands after it.
	tail string
}

// chartDocuments are the documents in the order in which `helm template` prints them: CRDs, then manifests, then hooks.
func chartDocuments(loaded *chart.Chart, outputs map[string]string, includeCrds bool) ([]document, error) {
	rendered := map[string]string{}
	for name, content := range outputs {
		if !strings.HasSuffix(name, notesFile) {
			rendered[name] = content
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(rendered, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	documents := []document{}
	add := func(source, content string) {
		head := fmt.Sprintf("---\n# Source: %s\n", source)
		documents = append(documents, document{source, content, head, "\n"})
	}
	if includeCrds {
		for _, crd := range loaded.CRDObjects() {
			add(crd.Filename, string(crd.File.Data))
		}
	}
	for _, manifest := range manifests {
		add(manifest.Name, manifest.Content)
	}
	trimmed := len(documents)
	for _, hook := range hooks {
		add(hook.Path, hook.Manifest)
	}
	return trimAround(documents, trimmed), nil
}

// trimAround takes the white space away that `helm template` trims around all manifests before it adds the hooks.
func trimAround(documents []document, count int) []document {
	if count == 0 {
		// Nothing but hooks: the trimmed text is empty, and a line end follows it.
		if len(documents) == 0 {
			return []document{{head: "\n"}}
		}
		documents[0].head = "\n" + documents[0].head
		return documents
	}
	last := &documents[count-1]
	whole := strings.TrimRightFunc(last.head+last.content+last.tail, unicode.IsSpace)
	if len(whole) < len(last.head) {
		last.head, last.content = whole, ""
	} else {
		last.content = whole[len(last.head):]
	}
	last.tail = "\n"
	return documents
}

// chartRead lists the chart's files and the values: each of them may count.
func chartRead(request Request, files Files) []string {
	read := below(folderPrefix(request.Folder), files)
	seen := map[string]bool{}
	for _, name := range read {
		seen[name] = true
	}
	for _, name := range request.ValueFiles {
		if !seen[name] {
			read = append(read, name)
		}
	}
	return read
}

// below lists the files under the prefix, in the order in which a walk through the folders meets them.
func below(prefix string, files Files) []string {
	names := []string{}
	for name := range files {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(i, j int) bool { return byFolder(names[i], names[j]) })
	return names
}

func byFolder(first, second string) bool {
	return strings.ReplaceAll(first, "/", "\x00") < strings.ReplaceAll(second, "/", "\x00")
}

func folderPrefix(folder string) string {
	if folder == "" || folder == "." {
		return ""
	}
	return strings.TrimSuffix(folder, "/") + "/"
}

// chartFile finds the file that Helm names `chart/charts/sub/templates/x.yaml`; "" where it is in a packed chart.
func chartFile(request Request, files Files, name string) string {
	_, inside, found := strings.Cut(name, "/")
	if !found {
		return ""
	}
	prefix := folderPrefix(request.Folder)
	if _, there := files[prefix+inside]; there {
		return prefix + inside
	}
	// A subchart is named by its chart's name, or by its alias; its folder may have another.
	parts := strings.Split(inside, "/")
	if len(parts) < 3 || parts[0] != "charts" {
		return ""
	}
	for _, candidate := range subchartFolders(prefix, parts[1], files) {
		rest := strings.Join(append([]string{"chart"}, parts[2:]...), "/")
		if file := chartFile(Request{Folder: candidate}, files, rest); file != "" {
			return file
		}
	}
	return ""
}

// subchartFolders are the folders in charts/ that may hold the subchart of that name or alias.
func subchartFolders(prefix, name string, files Files) []string {
	folders := []string{}
	names := map[string]bool{name: true}
	var parent struct {
		Dependencies []struct{ Name, Alias string }
	}
	if yaml.Unmarshal(files[prefix+"Chart.yaml"], &parent) == nil {
		for _, dependency := range parent.Dependencies {
			if dependency.Alias == name {
				names[dependency.Name] = true
			}
		}
	}
	for _, file := range below(prefix+"charts/", files) {
		parts := strings.Split(strings.TrimPrefix(file, prefix+"charts/"), "/")
		if len(parts) != 2 || parts[1] != "Chart.yaml" {
			continue
		}
		var head struct{ Name string }
		if names[parts[0]] || (yaml.Unmarshal(files[file], &head) == nil && names[head.Name]) {
			folders = append(folders, prefix+"charts/"+parts[0])
		}
	}
	return folders
}

func chartSource(request Request, files Files, name string) *ObjectSource {
	if file := chartFile(request, files, name); file != "" {
		return &ObjectSource{File: file}
	}
	return nil
}
