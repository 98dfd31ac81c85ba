/**
 * Memory that clients share with the server: which regions there are, who uses them, and how their bytes are reached.
 *
 * <p>Nothing is mapped. A client can cut its object off at any time, and a process that touches a mapping beyond the end of
 * its file is killed; a read or write of a file that has become too short is an error like others. It also means that no
 * client changes a tensor after it was checked. The price is one copy each way.
 */
@NullMarked
package io.longshore.region;

import org.jspecify.annotations.NullMarked;
