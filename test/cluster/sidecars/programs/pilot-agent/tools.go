//go:build tools

// Package tools pins the program that the suite of sidecars runs.
package tools

import _ "istio.io/istio/pilot/cmd/pilot-agent"
