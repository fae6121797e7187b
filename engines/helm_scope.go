package main

import (
	"strconv"
	"text/template/parse"
)

// A scope knows what dot and the variables of a template stand for: paths from the root, nil for what is not known.
type scope struct {
	dot   Path
	names map[string]Path
}

// scopeOf is the scope at the beginning of a template: a define is mostly given the root as well.
func scopeOf() *scope {
	return &scope{dot: Path{}, names: map[string]Path{"$": {}}}
}

func (s *scope) inner() *scope {
	names := map[string]Path{}
	for name, meaning := range s.names {
		names[name] = meaning
	}
	return &scope{s.dot, names}
}

func (s *scope) declare(pipe *parse.PipeNode) {
	meaning := s.meaning(pipe)
	for _, name := range pipe.Decl {
		s.names[name.Ident[0]] = meaning
	}
}

// meaning is the path that a pipeline stands for, if it is one; `x | default y` is mostly x.
func (s *scope) meaning(pipe *parse.PipeNode) Path {
	if pipe == nil || len(pipe.Cmds) == 0 {
		return nil
	}
	command := pipe.Cmds[0]
	if name, isName := command.Args[0].(*parse.IdentifierNode); isName {
		switch {
		case name.Ident == "index" || name.Ident == "get" || name.Ident == "dig":
			return s.indexed(command.Args[1:])
		case name.Ident == "default" && len(command.Args) == 3:
			return s.argument(command.Args[2])
		case len(command.Args) == 2:
			return s.argument(command.Args[1])
		}
		return nil
	}
	return s.argument(command.Args[0])
}

func (s *scope) indexed(arguments []parse.Node) Path {
	if len(arguments) == 0 {
		return nil
	}
	path := s.argument(arguments[0])
	for _, argument := range arguments[1:] {
		switch step := argument.(type) {
		case *parse.StringNode:
			path = path.with(step.Text)
		case *parse.NumberNode:
			index, err := strconv.Atoi(step.Text)
			if err != nil {
				return path
			}
			path = path.with(index)
		default:
			return path.with("*")
		}
	}
	return path
}

func (s *scope) argument(node parse.Node) Path {
	switch one := node.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return follow(s.dot, one.Ident)
	case *parse.VariableNode:
		return follow(s.names[one.Ident[0]], one.Ident[1:])
	case *parse.ChainNode:
		return follow(s.argument(one.Node), one.Field)
	case *parse.PipeNode:
		return s.meaning(one)
	}
	return nil
}

// follow goes on from a path. Where that is not known, a step named Values tells where the values are: a define is often
// given the root inside of a dictionary.
func follow(from Path, steps []string) Path {
	for i, step := range steps {
		if step == "Values" {
			from = Path{}
			steps = steps[i:]
			break
		}
	}
	if from == nil {
		return nil
	}
	for _, step := range steps {
		from = from.with(step)
	}
	return from
}

// readsOfAll lists what the actions of a whole tree read.
func readsOfAll(root *parse.ListNode) []Path {
	found := []Path{}
	var visit func(list *parse.ListNode, scope *scope)
	branch := func(one *parse.BranchNode, scope *scope) {
		found = append(found, scope.reads(one.Pipe)...)
		if one.List != nil {
			visit(one.List, scope.inner())
		}
		if one.ElseList != nil {
			visit(one.ElseList, scope.inner())
		}
	}
	visit = func(list *parse.ListNode, scope *scope) {
		for _, node := range list.Nodes {
			switch one := node.(type) {
			case *parse.ActionNode:
				found = append(found, scope.reads(one.Pipe)...)
				scope.declare(one.Pipe)
			case *parse.IfNode:
				branch(&one.BranchNode, scope)
			case *parse.WithNode:
				branch(&one.BranchNode, scope)
			case *parse.RangeNode:
				branch(&one.BranchNode, scope)
			}
		}
	}
	visit(root, scopeOf())
	return found
}

// reads lists the paths of `.Values` and `.Chart` that an action reads.
func (s *scope) reads(pipe *parse.PipeNode) []Path {
	found := []Path{}
	add := func(path Path) {
		if len(path) > 1 && (path[0] == "Values" || path[0] == "Chart") {
			found = append(found, path)
		}
	}
	var visit func(node parse.Node)
	visit = func(node parse.Node) {
		switch one := node.(type) {
		case *parse.PipeNode:
			for _, command := range one.Cmds {
				visit(command)
			}
		case *parse.CommandNode:
			if name, isName := one.Args[0].(*parse.IdentifierNode); isName && (name.Ident == "index" || name.Ident == "get") {
				add(s.indexed(one.Args[1:]))
				return
			}
			for _, argument := range one.Args {
				visit(argument)
			}
		case *parse.ChainNode:
			add(s.argument(one))
			visit(one.Node)
		default:
			add(s.argument(node))
		}
	}
	visit(pipe)
	return found
}
