// Package schema holds names of groups, versions and kinds, as far as Helm's lookup needs them.
package schema

// GroupVersion names a version of a group.
type GroupVersion struct{ Group, Version string }

// String is the form of an apiVersion.
func (gv GroupVersion) String() string {
	if gv.Group == "" {
		return gv.Version
	}
	return gv.Group + "/" + gv.Version
}

// GroupVersionKind names a kind.
type GroupVersionKind struct{ Group, Version, Kind string }

// GroupVersion is the version of the kind.
func (gvk GroupVersionKind) GroupVersion() GroupVersion { return GroupVersion{gvk.Group, gvk.Version} }

// String is for messages.
func (gvk GroupVersionKind) String() string {
	return gvk.GroupVersion().String() + ", Kind=" + gvk.Kind
}

// GroupVersionResource names a resource.
type GroupVersionResource struct{ Group, Version, Resource string }

// FromAPIVersionAndKind is only reached with a cluster, which is never there.
func FromAPIVersionAndKind(apiVersion, kind string) GroupVersionKind {
	return GroupVersionKind{Version: apiVersion, Kind: kind}
}
