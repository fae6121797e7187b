// Package runtime holds the one type that Helm's account of a release names.
package runtime

// Object is any object of a cluster.
type Object interface{}
