// Package phrase is what people read, in English and in Hindi.
package phrase
