//go:build tools

// Package tools pins the program that the suite of sidecars runs.
package tools

import _ "github.com/oauth2-proxy/oauth2-proxy/v7"
