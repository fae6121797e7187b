package main

import (
	"fmt"
	"regexp"
	"strings"
	"text/template/parse"
)

// A spot is a piece of a template that leaves a mark where its output stands: a line of text, or an action.
type spot struct {
	file string
	// Where it stands in the file, in bytes.
	start, end int
	isText     bool
	// What an action reads: paths from the root, `.Values.a` or `.Chart.Name`; `*` stands for each element.
	reads []Path
	// What the templates read that it includes and that bear no marks.
	behind []Path
	// The chart's files that it prints.
	prints []string
}

// A sketch holds a chart's templates as trees, and the spots in them.
type sketch struct {
	spots []spot
	// Defines and templates whose output is not only printed but used, so that a mark in it would count.
	used map[string]bool
	// For each template file, by Helm's name of it: its trees, in the order of their names.
	trees map[string]map[string]*parse.Tree
	texts map[string]string
	files map[string]string
}

const (
	actionStart = '\ue002'
	actionEnd   = '\ue003'
)

func (s *sketch) spot(one spot) string {
	s.spots = append(s.spots, one)
	mark := markOf(len(s.spots) - 1)
	if one.isText {
		return mark
	}
	return string(actionStart) + mark[len(string(markStart)):]
}

// parseTemplate reads a template's trees; false where it cannot be read.
func (s *sketch) parseTemplate(name, file, text string) bool {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", set); err != nil {
		return false
	}
	s.trees[name], s.texts[name], s.files[name] = set, text, file
	for _, one := range set {
		if one.Root != nil {
			s.findUses(one.Root)
		}
	}
	return true
}

// Functions that leave the text that they are given as it is, but for white space.
var harmless = map[string]bool{"include": true, "nindent": true, "indent": true, "trim": true, "print": true, "toYaml": true, "quote": true, "squote": true}

// findUses looks for templates that are included for something else than to be printed.
func (s *sketch) findUses(node parse.Node) {
	switch one := node.(type) {
	case *parse.ListNode:
		if one == nil {
			return
		}
		for _, child := range one.Nodes {
			s.findUses(child)
		}
	case *parse.ActionNode:
		s.usesOf(one.Pipe, len(one.Pipe.Decl) == 0)
	case *parse.IfNode:
		s.usesOfBranch(&one.BranchNode)
	case *parse.WithNode:
		s.usesOfBranch(&one.BranchNode)
	case *parse.RangeNode:
		s.usesOfBranch(&one.BranchNode)
	case *parse.TemplateNode:
		if one.Pipe != nil {
			s.usesOf(one.Pipe, false)
		}
	}
}

func (s *sketch) usesOfBranch(one *parse.BranchNode) {
	s.usesOf(one.Pipe, false)
	s.findUses(one.List)
	if one.ElseList != nil {
		s.findUses(one.ElseList)
	}
}

func (s *sketch) usesOf(pipe *parse.PipeNode, printed bool) {
	if pipe == nil {
		return
	}
	for _, command := range pipe.Cmds {
		if name, isName := command.Args[0].(*parse.IdentifierNode); !isName || !harmless[name.Ident] {
			if isName {
				printed = false
			}
		}
	}
	for i, command := range pipe.Cmds {
		name, isName := command.Args[0].(*parse.IdentifierNode)
		if isName && name.Ident == "include" && len(command.Args) > 1 && (!printed || i > 0) {
			s.use(command.Args[1])
		}
		for _, argument := range command.Args {
			if inner, isPipe := argument.(*parse.PipeNode); isPipe {
				harmlessCall := isName && (name.Ident == "include" || name.Ident == "print" || name.Ident == "indent" || name.Ident == "nindent")
				s.usesOf(inner, printed && harmlessCall)
			}
		}
	}
}

var constant = regexp.MustCompile("\"((?:[^\"\\\\]|\\\\.)*)\"|`([^`]*)`")

// use notes the template that an expression names; a name that is put together is known by its constant parts.
func (s *sketch) use(name parse.Node) {
	for _, found := range constant.FindAllStringSubmatch(name.String(), -1) {
		s.used[found[1]+found[2]] = true
	}
}

// spread makes everything used that a used template includes.
func (s *sketch) spread() {
	for again := true; again; {
		again = false
		for name, set := range s.trees {
			for define, tree := range set {
				if tree.Root == nil || !s.isUsed(define, name) {
					continue
				}
				for _, found := range includeName.FindAllStringSubmatch(tree.Root.String(), -1) {
					if !s.used[found[1]] {
						s.used[found[1]] = true
						again = true
					}
				}
			}
		}
	}
}

var includeName = regexp.MustCompile(`(?:include|template) "([^"]+)"`)

// isUsed tells whether the output of a template counts; a file's own template is named by the end of its path.
func (s *sketch) isUsed(define, file string) bool {
	if define != file {
		return s.used[define]
	}
	for name := range s.used {
		if strings.HasPrefix(name, "/") && strings.HasSuffix(file, name) || name == file {
			return true
		}
	}
	return false
}

// marked prints a file's templates with marks in those that are wanted.
func (s *sketch) marked(file string, wanted func(define string) bool) string {
	var text strings.Builder
	for name, tree := range s.trees[file] {
		if name == file || tree.Root == nil {
			continue
		}
		fmt.Fprintf(&text, "{{define %q}}", name)
		s.print(&text, tree.Root, file, wanted(name))
		text.WriteString("{{end}}")
	}
	if main := s.trees[file][file]; main != nil && main.Root != nil {
		s.print(&text, main.Root, file, wanted(file))
	}
	return text.String()
}

func (s *sketch) print(text *strings.Builder, root *parse.ListNode, file string, wanted bool) {
	if !wanted {
		text.WriteString(root.String())
		return
	}
	printer := &printer{sketch: s, text: text, file: file}
	printer.list(root, scopeOf())
}

// A printer writes one tree with its marks.
type printer struct {
	*sketch
	text *strings.Builder
	file string
}

func (p *printer) list(list *parse.ListNode, scope *scope) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		p.node(node, scope)
	}
}

func (p *printer) node(node parse.Node, scope *scope) {
	switch one := node.(type) {
	case *parse.TextNode:
		p.lines(string(one.Text), int(one.Pos))
	case *parse.ActionNode:
		if len(one.Pipe.Decl) > 0 {
			scope.declare(one.Pipe)
			p.text.WriteString(one.String())
			return
		}
		p.action(one, int(one.Pos), scope.reads(one.Pipe))
	case *parse.TemplateNode:
		p.action(one, int(one.Pos), nil)
	case *parse.IfNode:
		p.branch("if", &one.BranchNode, scope, scope.inner())
	case *parse.WithNode:
		inner := scope.inner()
		inner.dot = scope.meaning(one.Pipe)
		if len(one.Pipe.Decl) > 0 {
			inner.names[one.Pipe.Decl[0].Ident[0]] = inner.dot
		}
		p.branch("with", &one.BranchNode, scope, inner)
	case *parse.RangeNode:
		inner := scope.inner()
		inner.dot = scope.meaning(one.Pipe).with("*")
		if count := len(one.Pipe.Decl); count > 0 {
			inner.names[one.Pipe.Decl[count-1].Ident[0]] = inner.dot
		}
		p.branch("range", &one.BranchNode, scope, inner)
	default:
		p.text.WriteString(node.String())
	}
}

func (p *printer) branch(word string, one *parse.BranchNode, outer, inner *scope) {
	fmt.Fprintf(p.text, "{{%s %s}}", word, one.Pipe)
	p.list(one.List, inner)
	if one.ElseList != nil {
		p.text.WriteString("{{else}}")
		p.list(one.ElseList, outer.inner())
	}
	p.text.WriteString("{{end}}")
}

// lines marks each line of a text behind its indentation; white space alone bears no mark.
func (p *printer) lines(content string, offset int) {
	whole := p.texts[p.file]
	if offset+len(content) > len(whole) || whole[offset:offset+len(content)] != content {
		p.text.WriteString(content)
		return
	}
	for start := 0; start < len(content); {
		end := len(content)
		if at := strings.IndexByte(content[start:], '\n'); at >= 0 {
			end = start + at + 1
		}
		line := content[start:end]
		body := strings.TrimLeft(line, " \t\r\n")
		indent := line[:len(line)-len(body)]
		p.text.WriteString(indent)
		if body != "" {
			begin := offset + start + len(indent)
			p.text.WriteString(p.spot(spot{file: p.files[p.file], start: begin, end: offset + end, isText: true}))
			p.text.WriteString(body)
		}
		start = end
	}
}

func (p *printer) action(node parse.Node, offset int, reads []Path) {
	whole := p.texts[p.file]
	offset = min(offset, len(whole))
	start := max(strings.LastIndex(whole[:offset], "{{"), 0)
	end := strings.Index(whole[offset:], "}}")
	if end < 0 {
		end = len(whole)
	} else {
		end += offset + 2
	}
	prints := []string{}
	for _, found := range printedFile.FindAllStringSubmatch(node.String(), -1) {
		prints = append(prints, found[1])
	}
	p.text.WriteString(p.spot(spot{file: p.files[p.file], start: start, end: end, reads: reads,
		behind: p.readsBehind(node.String(), map[string]bool{}), prints: prints}))
	p.text.WriteString(node.String())
	p.text.WriteRune(actionEnd)
}

var printedFile = regexp.MustCompile(`\.Files\.(?:Get|GetBytes|Lines) "([^"]+)"`)

// readsBehind are the reads of the templates that an expression includes, of those that bear no marks.
func (s *sketch) readsBehind(expression string, visited map[string]bool) []Path {
	found := []Path{}
	for _, name := range includeName.FindAllStringSubmatch(expression, -1) {
		if visited[name[1]] || !s.used[name[1]] {
			continue
		}
		visited[name[1]] = true
		for _, set := range s.trees {
			tree := set[name[1]]
			if tree == nil || tree.Root == nil {
				continue
			}
			found = append(found, readsOfAll(tree.Root)...)
			found = append(found, s.readsBehind(tree.Root.String(), visited)...)
		}
	}
	return found
}
