"use strict";
/** The first file of a render worker thread. */
require("./compiled.js").start("render-worker");
