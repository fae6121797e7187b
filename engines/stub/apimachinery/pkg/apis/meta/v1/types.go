// Package v1 holds the few types that Helm's lookup names.
package v1

// GetOptions are the options of a read.
type GetOptions struct{}

// ListOptions are the options of a list.
type ListOptions struct{}

// APIResource is a resource as a cluster would describe it.
type APIResource struct {
	Name       string
	Kind       string
	Group      string
	Version    string
	Namespaced bool
}

// APIResourceList is what a cluster would describe.
type APIResourceList struct {
	APIResources []APIResource
}
