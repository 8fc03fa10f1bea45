// The outer frame tells the inner one which shop it is for.
"use strict";
document.querySelector("iframe").src = "/pp3/app" + location.search;
