/** What every page carries: htmx, and the small elements that make menus, the theme and copying work. */
import htmx from "htmx.org";
import "./copy";
import "./menu";
import "./sign-out";
import "./theme-switch";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}

// No eval and no style tags of its own: the content security policy allows neither.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages hold names: nothing of them stays in the browser's storage
htmx.config.refreshOnHistoryMiss = true;
window.htmx = htmx;
