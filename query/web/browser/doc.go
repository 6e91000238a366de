// Package browser holds the tests of the station page in a real Chromium, which show what no test of HTML can: what is seen on a
// phone and on the desk's screen, keys, bad lines, print, contrast. In every state axe-core looks for what keeps somebody out. They run the real program with made-up records and are driven
// by chromedp. make test-page runs them (they do nothing in make test, which needs only Go); .ci/run does so where Chromium is, and says
// loudly where it is not.
package browser
