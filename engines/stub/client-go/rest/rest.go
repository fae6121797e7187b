// Package rest names what Helm's engine would need to reach a cluster; there is none here.
package rest

// Config says how a cluster is reached: not at all.
type Config struct{}
