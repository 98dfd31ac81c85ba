/**
 * How requests get to instances: queues, leases and executions.
 */
@NullMarked
package io.longshore.schedule;

import org.jspecify.annotations.NullMarked;
