// htmx reads its settings once the page is there, and modules run before that.

Object.assign(window.htmx.config, {
  allowEval: false,
  historyCacheSize: 0,
  includeIndicatorStyles: false,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..|422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
  scrollIntoViewOnBoost: false,
  selfRequestsOnly: true,
})
