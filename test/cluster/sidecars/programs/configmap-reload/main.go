// Command configmap-reload serves and knows no signal, as the real one: what becomes of it is the doing of Go's runtime.
package main

import (
	"log"
	"net/http"
)

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:9533", nil))
}
