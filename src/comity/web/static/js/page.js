// What every page may need; each part does nothing where its elements are missing.
import { startClock } from "./clock.js";
import { startComposers } from "./compose.js";
import { startKeys } from "./keys.js";
import { startMentions } from "./mentions.js";
import { startPolling } from "./poll.js";
import { startTicks } from "./ticks.js";
import { startUndo } from "./undo.js";

startClock();
startComposers();
startPolling();
startKeys();
startUndo();
startMentions();
startTicks();
