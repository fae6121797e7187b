// Prints the field tables of src/simulation/apiserver/schema/go-types.ts: which fields the Go structs of the Kubernetes
// API have, of which types, and since which release. It reads the sources of k8s.io/api, so it needs Go, and the network
// once: see generate.mjs.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// A source is one package; its short name stands in the table.
type source struct{ short, module, dir string }

var sources = []source{
	{"meta", "apimachinery", "pkg/apis/meta/v1"},
	{"core", "api", "core/v1"},
	{"apps", "api", "apps/v1"},
	{"batch", "api", "batch/v1"},
	{"networking", "api", "networking/v1"},
	{"discovery", "api", "discovery/v1"},
	{"policy", "api", "policy/v1"},
	{"autoscaling", "api", "autoscaling/v1"},
	{"autoscaling2", "api", "autoscaling/v2"},
	{"scheduling", "api", "scheduling/v1alpha3"},
}

var roots = []string{
	"core.Service", "core.Endpoints", "discovery.EndpointSlice", "core.Pod", "core.ReplicationController",
	"apps.Deployment", "apps.ReplicaSet", "apps.StatefulSet", "apps.DaemonSet", "batch.Job", "batch.CronJob",
	"networking.NetworkPolicy", "networking.Ingress", "networking.IngressClass", "networking.ServiceCIDR",
	"core.Node", "core.Namespace", "core.ConfigMap", "policy.PodDisruptionBudget",
	"autoscaling.HorizontalPodAutoscaler", "autoscaling2.HorizontalPodAutoscaler",
}

// Types that read their JSON themselves.
var own = map[string]string{
	"meta.Time": "time", "meta.MicroTime": "microtime", "meta.FieldsV1": "any",
	"resource.Quantity": "quantity", "intstr.IntOrString": "intorstring",
}

// A field as one release has it.
type field struct {
	name, embedded, kind string
	// Whether the server leaves it out where it is empty.
	omitted bool
}

// The types of one release: a struct's fields, or what a named type stands for.
type release struct {
	minor   int
	structs map[string][]field
	named   map[string]string
}

func main() {
	versions := os.Args[1:]
	var releases []release
	for _, version := range versions {
		releases = append(releases, read(version))
	}
	newest := releases[len(releases)-1]
	oldest := releases[0]
	table := map[string]string{}
	var visit func(name string)
	visitKind := func(kind string) {
		for strings.HasPrefix(kind, "[]") || strings.HasPrefix(kind, "{}") {
			kind = kind[2:]
		}
		if strings.Contains(kind, ".") {
			visit(kind)
		}
	}
	visit = func(name string) {
		if _, done := table[name]; done {
			return
		}
		table[name] = ""
		for i := len(releases) - 1; i >= 0; i-- {
			if kind, ok := releases[i].named[name]; ok {
				table[name] = "= " + kind
				visitKind(kind)
				return
			}
		}
		var texts []string
		for _, each := range merged(name, releases) {
			first, last := each.first, each.last
			text := each.field.name
			if each.field.omitted {
				text += "?"
			}
			if first > oldest.minor || last < newest.minor {
				text += "@"
				if first > oldest.minor {
					text += strconv.Itoa(first)
				}
				if last < newest.minor {
					text += "-" + strconv.Itoa(last)
				}
			}
			if each.field.embedded != "" {
				text = each.field.embedded + ">" + text
			}
			texts = append(texts, text+":"+each.field.kind)
			visitKind(each.field.kind)
		}
		table[name] = strings.Join(texts, " ")
	}
	for _, root := range roots {
		visit(root)
	}
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%s %s\n", name, table[name])
	}
}

type known struct {
	field       field
	first, last int
}

// The fields of a struct in all releases: in the order of the newest, then those that went away. What a struct has in
// the first release that has the struct counts as old, since nothing can be said about it before.
func merged(name string, releases []release) []known {
	var order []string
	found := map[string]*known{}
	for i := len(releases) - 1; i >= 0; i-- {
		fields, ok := releases[i].structs[name]
		if !ok {
			break
		}
		for _, each := range fields {
			if seen, ok := found[each.name]; ok {
				seen.first = releases[i].minor
				continue
			}
			found[each.name] = &known{each, releases[i].minor, releases[i].minor}
			order = append(order, each.name)
		}
	}
	born := releases[0].minor
	for _, each := range releases {
		if _, ok := each.structs[name]; ok {
			born = each.minor
			break
		}
	}
	var all []known
	for _, each := range order {
		one := *found[each]
		if one.first == born {
			one.first = releases[0].minor
		}
		all = append(all, one)
	}
	return all
}

func read(version string) release {
	minor, _ := strconv.Atoi(strings.Split(version, ".")[1])
	result := release{minor, map[string][]field{}, map[string]string{}}
	types := map[string]ast.Expr{}
	for _, each := range sources {
		parse(filepath.Join(folder("k8s.io/"+each.module, version), each.dir), each.short, types)
	}
	for name, expression := range types {
		if each, ok := expression.(*ast.StructType); ok {
			result.structs[name] = fieldsOf(name, each, types)
		} else {
			result.named[name] = kindOf(expression, short(name), types)
		}
	}
	return result
}

func folder(module, version string) string {
	out, err := exec.Command("go", "mod", "download", "-json", module+"@"+version).Output()
	if err != nil {
		panic(fmt.Sprint(module, version, err, string(out)))
	}
	var answer struct{ Dir string }
	if err := json.Unmarshal(out, &answer); err != nil {
		panic(err)
	}
	return answer.Dir
}

func parse(dir, shortName string, types map[string]ast.Expr) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "zz_generated") || strings.HasSuffix(file, ".pb.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for _, declaration := range parsed.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if each, ok := spec.(*ast.TypeSpec); ok {
					types[shortName+"."+each.Name.Name] = each.Type
				}
			}
		}
	}
}

func fieldsOf(name string, each *ast.StructType, types map[string]ast.Expr) []field {
	var fields []field
	for _, one := range each.Fields.List {
		tag := ""
		if one.Tag != nil {
			tag = reflect.StructTag(strings.Trim(one.Tag.Value, "`")).Get("json")
		}
		written, options, _ := strings.Cut(tag, ",")
		if written == "-" {
			continue
		}
		kind := kindOf(one.Type, short(name), types)
		if len(one.Names) == 0 && written == "" {
			embedded := kind[strings.Index(kind, ".")+1:]
			inner, ok := types[kind].(*ast.StructType)
			if !ok {
				continue
			}
			for _, part := range fieldsOf(kind, inner, types) {
				way := embedded
				if part.embedded != "" {
					way += "." + part.embedded
				}
				fields = append(fields, field{part.name, way, part.kind, part.omitted})
			}
			continue
		}
		if written == "" {
			continue
		}
		_, pointer := one.Type.(*ast.StarExpr)
		fields = append(fields, field{written, "", kind, !pointer && strings.Contains(options, "omitempty")})
	}
	return fields
}

func short(name string) string { return name[:strings.Index(name, ".")] }

var imports = map[string]string{
	"metav1": "meta", "v1": "core", "corev1": "core", "resource": "resource", "intstr": "intstr", "types": "types",
	"schedulingv1alpha3": "scheduling",
}

func kindOf(expression ast.Expr, inside string, types map[string]ast.Expr) string {
	switch each := expression.(type) {
	case *ast.StarExpr:
		return kindOf(each.X, inside, types)
	case *ast.ArrayType:
		if id, ok := each.Elt.(*ast.Ident); ok && (id.Name == "byte" || id.Name == "uint8") {
			return "bytes"
		}
		return "[]" + kindOf(each.Elt, inside, types)
	case *ast.MapType:
		return "{}" + kindOf(each.Value, inside, types)
	case *ast.Ident:
		name := inside + "." + each.Name
		if kind, ok := own[name]; ok {
			return kind
		}
		if _, ok := types[name]; ok {
			return name
		}
		return each.Name
	case *ast.SelectorExpr:
		name := imports[each.X.(*ast.Ident).Name] + "." + each.Sel.Name
		if kind, ok := own[name]; ok {
			return kind
		}
		if name == "types.UID" {
			return "uid"
		}
		if _, ok := types[name]; ok {
			return name
		}
		return "any"
	}
	return "any"
}
