import t from 'tap';
import { startFarCluster } from '../../support/start-cluster';
import { showSeveralNodes } from './several-nodes';
showSeveralNodes(t, startFarCluster);
