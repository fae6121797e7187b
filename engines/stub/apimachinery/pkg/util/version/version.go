// Package version reads the version of Kubernetes that a chart is rendered for.
package version

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Version holds the numbers of a version.
type Version struct{ numbers []uint }

var leading = regexp.MustCompile(`^\s*v?(\d+(?:\.\d+)*)`)

// ParseGeneric takes two or more numbers with dots between them, of which the first has no leading zero; what follows them counts for nothing.
func ParseGeneric(text string) (*Version, error) {
	found := leading.FindStringSubmatch(text)
	if found == nil || strings.Contains(text, "\n") {
		return nil, fmt.Errorf("could not parse %q as version", text)
	}
	parts := strings.Split(found[1], ".")
	if len(parts) < 2 {
		return nil, fmt.Errorf("illegal version string %q", text)
	}
	if strings.HasPrefix(parts[0], "0") && parts[0] != "0" {
		return nil, fmt.Errorf("illegal zero-prefixed version component %q in %q", parts[0], text)
	}
	version := &Version{}
	for _, part := range parts {
		number, err := strconv.ParseUint(part, 10, 0)
		if err != nil {
			return nil, fmt.Errorf("illegal non-numeric version component %q in %q: %v", part, text, err)
		}
		version.numbers = append(version.numbers, uint(number))
	}
	return version, nil
}

// Major is the first number.
func (v *Version) Major() uint { return v.numbers[0] }

// Minor is the second number.
func (v *Version) Minor() uint { return v.numbers[1] }

// String has all numbers, and nothing of what followed them.
func (v *Version) String() string {
	parts := make([]string, len(v.numbers))
	for i, number := range v.numbers {
		parts[i] = strconv.FormatUint(uint64(number), 10)
	}
	return strings.Join(parts, ".")
}
