//go:build tools

// Package tools pins the program that the suite of sidecars runs.
package tools

import _ "github.com/GoogleCloudPlatform/cloud-sql-proxy/v2"
