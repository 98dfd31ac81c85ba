package io.longshore.ejb.config;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The memory of the machine, or of the container if that has a limit. */
final class MachineMemory {
    private MachineMemory() {}

    /** Its size in bytes; four times the largest heap where the JVM does not tell. */
    static long totalBytes() {
        try {
            // By name instead of com.sun.management.OperatingSystemMXBean, which a server's class loaders need not
            // show.
            Object size = ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalMemorySize");
            if (size instanceof Long bytes && bytes > 0) {
                return bytes;
            }
        } catch (JMException | RuntimeException notTold) {
            return fromHeap();
        }
        return fromHeap();
    }

    /** The JVM takes a quarter of the memory for the heap unless told otherwise. */
    private static long fromHeap() {
        return 4 * Math.min(Runtime.getRuntime().maxMemory(), Long.MAX_VALUE / 4);
    }
}
