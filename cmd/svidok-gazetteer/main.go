// Command svidok-gazetteer makes the gazetteer that package places embeds from its public sources.
package main

func main() {}
