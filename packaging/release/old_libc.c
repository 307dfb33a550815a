/* Functions of libm that glibc 2.29 gave a new version; these take the one that every glibc has. The linker puts them
   in the place of the others (--wrap). */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__arm__)
#define OLDEST "GLIBC_2.4"
#else
#define OLDEST "GLIBC_2.17"
#endif

#define OLD(name)                                                                                                      \
    double old_##name(double);                                                                                         \
    __asm__(".symver old_" #name "," #name "@" OLDEST);                                                                \
    double __wrap_##name(double x);                                                                                    \
    double __wrap_##name(double x) { return old_##name(x); }

OLD(exp)
OLD(exp2)
OLD(log)
OLD(log2)

double old_pow(double, double);
__asm__(".symver old_pow,pow@" OLDEST);
double __wrap_pow(double x, double y);
double __wrap_pow(double x, double y) { return old_pow(x, y); }
