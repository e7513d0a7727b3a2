/**
 * What GTKWave shows first of a core: its stages, modes and causes by name.
 */
import { hasText, vcdId } from '../../model/backend/layout.js';
import type { CoreDescription } from '../../model/compile.js';
import type { WriteFailure } from '../../waves/failure.js';
import { writeGtkw } from '../../waves/gtkw.js';
import { textLanes } from '../../waves/text.js';
import { buildView, roledByName, type WaveFilter } from '../../waves/view.js';

const MODES: WaveFilter = {
  name: 'modes',
  entries: [
    { value: 3n, text: 'M', color: 'red4' }, { value: 1n, text: 'HS', color: 'dark orange' }, { value: 0n, text: 'U', color: 'dark green' },
    { value: 5n, text: 'VS', color: 'blue4' }, { value: 4n, text: 'VU', color: 'purple4' },
  ],
};
