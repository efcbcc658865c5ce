// Command daprd is cmd/daprd of github.com/dapr/dapr without the 200 components, which are most of its size.
package main

import "github.com/dapr/dapr/cmd/daprd/app"

func main() {
	app.Run()
}
