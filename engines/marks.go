package main

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	markStart = '\ue000'
	markDigit = '\ue010'
	markEnd   = '\ue001'
	// Numbers that stand for marks where only a number may stand.
	firstNumber = 1_730_000_000
)

func markOf(id int) string {
	var text strings.Builder
	text.WriteRune(markStart)
	for _, digit := range strconv.FormatInt(int64(id), 16) {
		value, _ := strconv.ParseInt(string(digit), 16, 32)
		text.WriteRune(markDigit + rune(value))
	}
	text.WriteRune(markEnd)
	return text.String()
}

var markPattern = regexp.MustCompile("\ue000([\ue010-\ue01f]+)\ue001")

// unmark takes the marks out of a text.
func unmark(text string) (string, []int) {
	if !strings.ContainsRune(text, markStart) {
		return text, nil
	}
	ids := []int{}
	plain := markPattern.ReplaceAllStringFunc(text, func(mark string) string {
		id := 0
		for _, digit := range mark {
			if digit >= markDigit {
				id = id*16 + int(digit-markDigit)
			}
		}
		ids = append(ids, id)
		return ""
	})
	return plain, ids
}

func appendMark(node *yaml.Node, id int) {
	node.Value += markOf(id)
	node.Tag = "!!str"
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		node.Style = yaml.DoubleQuotedStyle
	}
}

func numberMark(node *yaml.Node, id int) {
	node.Value = strconv.Itoa(firstNumber + id)
}

// marked gives the files that hold leaves that are wanted, with marks.
func (p *planner) marked(wanted func(leaf) bool) Files {
	byFile := map[string][]leaf{}
	for _, one := range p.leaves {
		if wanted(one) {
			byFile[one.file] = append(byFile[one.file], one)
		}
	}
	files := Files{}
	for file, leaves := range byFile {
		parts := documentsOf(p.files[file])
		inline := map[string]*yaml.Node{}
		for _, one := range leaves {
			top := parts[one.document].node
			if one.inline != nil {
				key := pathText(one.inline)
				if inline[key] == nil {
					var node yaml.Node
					_ = yaml.Unmarshal([]byte(nodeAt(top, one.inline).Value), &node)
					inline[key] = node.Content[0]
				}
				top = inline[key]
			}
			if node := nodeAt(top, one.path); node != nil {
				one.mark(node, one.id)
			}
		}
		for _, one := range leaves {
			if one.inline != nil {
				node := nodeAt(parts[one.document].node, one.inline)
				node.Value = string(encode(inline[pathText(one.inline)]))
				node.Style = yaml.LiteralStyle
			}
		}
		files[file] = encodeAll(parts)
	}
	return files
}
