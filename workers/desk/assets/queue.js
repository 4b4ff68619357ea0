// One key on the queue: the next task.
import { onKeys } from "./keys.js";

onKeys({ n: () => document.querySelector("#next button")?.click() });
