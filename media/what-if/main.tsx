/** Starts the what-if panel. */

import { fromWhatIfPanel, toWhatIfPanel } from '#protocol/what-if';
import { render } from 'preact';
import '../components/theme.css';
import '../components/time-line.css';
import { connect } from '../host';
import { App } from './app';
import { savedState } from './state';
import './what-if.css';
import './moment.css';

const root = document.getElementById('root');
const host = connect({ incoming: toWhatIfPanel, outgoing: fromWhatIfPanel, state: savedState });
if (root !== null) render(<App host={host} />, root);
