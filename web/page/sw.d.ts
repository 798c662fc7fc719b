// What the build writes above sw.js.
declare const PAGE: string;
declare const VERSION: string;
declare const FILES: string[];
